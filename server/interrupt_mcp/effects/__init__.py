"""The gate around tool calls: what was decided is what runs, once, and it is on record before and after.

It knows tool calls, rulings and effect records. It does not know threads of execution, runs, or SQL.
"""

from interrupt_mcp.effects.asking import Asking, MustAsk
from interrupt_mcp.effects.doors import install
from interrupt_mcp.effects.finding import active
from interrupt_mcp.effects.gate import Gate, asked_in
from interrupt_mcp.effects.ledger import wait_for
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.effects.taken import taken_as_done

__all__ = [
    "Asking",
    "Gate",
    "MustAsk",
    "Ruling",
    "Rulings",
    "active",
    "asked_in",
    "install",
    "taken_as_done",
    "wait_for",
]
