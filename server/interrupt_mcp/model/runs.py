"""A run as its users see it."""

from dataclasses import dataclass
from datetime import datetime

from interrupt_mcp.access import Principal
from interrupt_mcp.model.interrupts import Interrupt
from interrupt_mcp.model.values import MISSING, Json, Missing
from interrupt_mcp.words import RunId, RunStatus, ThreadId


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run ended in error."""

    code: str
    """One of the stable codes of `errors`."""
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """One request's life on a thread, from start to its final status, across all its pauses."""

    run_id: RunId
    thread_id: ThreadId
    agent: str
    principal: Principal
    """Whose it is."""
    status: RunStatus
    created_at: datetime
    updated_at: datetime
    answer: str | None = None
    """Text of the last AI message, or of its tools after it, where the state has messages."""
    output: Json | Missing = MISSING
    """The graph's output without its messages, once it has some."""
    error: RunError | None = None
    started_by: str = ""
    """Who began it, as the record names them; empty for one of an older version."""
    interrupts: tuple[Interrupt, ...] = ()
    """Those that still want a decision, oldest first."""
