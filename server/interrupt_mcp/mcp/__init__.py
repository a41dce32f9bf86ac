"""The protocol's side: tools, their schemas and results. No logic: every tool is one call of a use case."""

from interrupt_mcp.mcp.server import build_server

__all__ = ["build_server"]
