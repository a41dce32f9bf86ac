"""The only place that runs LangGraph: one step of a thread, and how the thread stands after it.

It knows graphs, inputs and answers. It does not know runs, decisions, channels or SQL.
"""

from interrupt_mcp.execution.advance import (
    Advanced,
    Continue,
    Resume,
    Start,
    Step,
    TakeAsDone,
    advance,
    with_missing_results,
)
from interrupt_mcp.execution.done_node import DoneNode
from interrupt_mcp.execution.rewind import Rewind
from interrupt_mcp.execution.thread_state import ThreadState, asks_of, look

__all__ = [
    "Advanced",
    "Continue",
    "DoneNode",
    "Resume",
    "Rewind",
    "Start",
    "Step",
    "TakeAsDone",
    "ThreadState",
    "advance",
    "asks_of",
    "look",
    "with_missing_results",
]
