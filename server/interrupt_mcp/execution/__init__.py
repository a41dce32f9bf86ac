"""The only place that runs LangGraph: one step of a thread, and how the thread stands after it.

It knows graphs, inputs and answers. It does not know runs, decisions, channels or SQL.
"""

from interrupt_mcp.execution.advance import Advanced, Continue, Resume, Start, Step, TakeAsDone, advance, patch_answer
from interrupt_mcp.execution.rewind import Rewind
from interrupt_mcp.execution.standing import Standing, asks_of, look
from interrupt_mcp.execution.taken import DoneNode

__all__ = [
    "Advanced",
    "Continue",
    "DoneNode",
    "Resume",
    "Rewind",
    "Standing",
    "Start",
    "Step",
    "TakeAsDone",
    "advance",
    "asks_of",
    "look",
    "patch_answer",
]
