"""The tables: runs, interrupts, decisions, effects and audit, and every SQL statement about them.

Transactions are methods named for what happened. It knows nothing of LangGraph but the layout of its two tables.
"""

from interrupt_mcp.store.database import Database
from interrupt_mcp.store.store import Store

__all__ = ["Database", "Store"]
