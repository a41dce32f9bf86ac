"""The server over Streamable HTTP, and who gets to it. It knows an MCP server and sockets, not runs or agents."""
