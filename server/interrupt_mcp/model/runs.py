"""A run as its users see it."""

from dataclasses import dataclass
from datetime import datetime

from interrupt_mcp.model.interrupts import Interrupt
from interrupt_mcp.model.values import MISSING, Json, Missing
from interrupt_mcp.words import RunId, RunStatus, ThreadId


@dataclass(frozen=True, slots=True)
class RunError:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """One request's life on a thread, from start to its final status, across all its pauses."""

    run_id: RunId
    thread_id: ThreadId
    agent: str
    status: RunStatus
    created_at: datetime
    updated_at: datetime
    answer: str | None = None
    output: Json | Missing = MISSING
    error: RunError | None = None
    interrupts: tuple[Interrupt, ...] = ()
    """Those that still want a decision, oldest first."""
