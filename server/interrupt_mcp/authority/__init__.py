"""Authority: who may decide what, through which channel and with which proof. Every door asks here, and nowhere else.

It knows what policy says, who approves on a thread, and what a question would do with an answer. It does not know
where these are kept, nor how a decision came in.
"""

from interrupt_mcp.authority.approval import forms_reach, no_stand_in, on_thread, settled, strictest
from interrupt_mcp.authority.deciding import (
    for_person,
    needs_digest,
    needs_person,
    reached_through,
    rejected_by_anybody,
    taken,
)
from interrupt_mcp.authority.terms import as_it_stands, under

__all__ = [
    "as_it_stands",
    "for_person",
    "forms_reach",
    "needs_digest",
    "needs_person",
    "no_stand_in",
    "on_thread",
    "reached_through",
    "rejected_by_anybody",
    "settled",
    "strictest",
    "taken",
    "under",
]
