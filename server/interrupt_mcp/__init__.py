"""Run LangGraph agents from any MCP client; a person accepts, edits or rejects every sensitive action."""

from interrupt_mcp.effects.idempotency import idempotency_key
from interrupt_mcp.effects.marks import Rejected
from interrupt_mcp.effects.sensitive import sensitive

__all__ = ["Rejected", "idempotency_key", "sensitive"]
