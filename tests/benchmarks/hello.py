"""The least that the MCP library allows: a server with one tool."""

from mcp.server import MCPServer

server = MCPServer("hello", version="1")


@server.tool()
def add(a: int, b: int) -> int:
    return a + b


server.run()
