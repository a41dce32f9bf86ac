"""The server over Streamable HTTP, on this machine only. It knows an MCP server and sockets, not runs or agents."""

from interrupt_mcp.http.address import Listener, listen
from interrupt_mcp.http.life import serve

__all__ = ["Listener", "listen", "serve"]
