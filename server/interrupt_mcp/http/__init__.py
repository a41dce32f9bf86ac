"""The server over Streamable HTTP, on this machine only. It knows an MCP server and sockets, not runs or agents."""
