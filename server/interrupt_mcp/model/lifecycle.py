"""Which status follows which. A table of transitions; an event that is not in it changes nothing."""

from enum import StrEnum

from interrupt_mcp.model import InterruptStatus, RunStatus


class RunEvent(StrEnum):
    """What can happen to a run."""

    CLAIMED = "claimed"
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"
    FAILED = "failed"
    RETRIED = "retried"
    CANCELLED = "cancelled"


class InterruptEvent(StrEnum):
    """What can happen to an interrupt."""

    DECIDED = "decided"
    APPLIED = "applied"
    DOUBTED = "doubted"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


_RUN: dict[tuple[RunStatus, RunEvent], RunStatus] = {
    (RunStatus.PENDING, RunEvent.CLAIMED): RunStatus.RUNNING,
    (RunStatus.RUNNING, RunEvent.CLAIMED): RunStatus.RUNNING,
    (RunStatus.RUNNING, RunEvent.PAUSED): RunStatus.INTERRUPTED,
    (RunStatus.INTERRUPTED, RunEvent.RESUMED): RunStatus.PENDING,
    (RunStatus.RUNNING, RunEvent.FINISHED): RunStatus.SUCCESS,
    (RunStatus.RUNNING, RunEvent.FAILED): RunStatus.ERROR,
    (RunStatus.ERROR, RunEvent.RETRIED): RunStatus.PENDING,
    (RunStatus.PENDING, RunEvent.CANCELLED): RunStatus.CANCELLED,
    (RunStatus.RUNNING, RunEvent.CANCELLED): RunStatus.CANCELLED,
    (RunStatus.INTERRUPTED, RunEvent.CANCELLED): RunStatus.CANCELLED,
}

_INTERRUPT: dict[tuple[InterruptStatus, InterruptEvent], InterruptStatus] = {
    (InterruptStatus.PENDING, InterruptEvent.DECIDED): InterruptStatus.DECIDED,
    (InterruptStatus.UNKNOWN_OUTCOME, InterruptEvent.DECIDED): InterruptStatus.DECIDED,
    (InterruptStatus.DECIDED, InterruptEvent.APPLIED): InterruptStatus.APPLIED,
    (InterruptStatus.DECIDED, InterruptEvent.DOUBTED): InterruptStatus.UNKNOWN_OUTCOME,
    (InterruptStatus.APPLIED, InterruptEvent.DOUBTED): InterruptStatus.UNKNOWN_OUTCOME,
    (InterruptStatus.PENDING, InterruptEvent.EXPIRED): InterruptStatus.EXPIRED,
    (InterruptStatus.PENDING, InterruptEvent.SUPERSEDED): InterruptStatus.SUPERSEDED,
    (InterruptStatus.DECIDED, InterruptEvent.SUPERSEDED): InterruptStatus.SUPERSEDED,
    (InterruptStatus.UNKNOWN_OUTCOME, InterruptEvent.SUPERSEDED): InterruptStatus.SUPERSEDED,
}


def run_after(status: RunStatus, event: RunEvent) -> RunStatus:
    """Return the status after the event; the same status where the event is not possible."""
    return _RUN.get((status, event), status)


def interrupt_after(status: InterruptStatus, event: InterruptEvent) -> InterruptStatus:
    """Return the status after the event; the same status where the event is not possible."""
    return _INTERRUPT.get((status, event), status)


def runs_before(event: RunEvent) -> tuple[RunStatus, ...]:
    """Return the statuses in which the event is possible, for use in a compare-and-set."""
    return tuple(status for status, possible in _RUN if possible is event)


def interrupts_before(event: InterruptEvent) -> tuple[InterruptStatus, ...]:
    """Return the statuses in which the event is possible, for use in a compare-and-set."""
    return tuple(status for status, possible in _INTERRUPT if possible is event)
