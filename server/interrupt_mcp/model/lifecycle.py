"""Which status follows which: a table of transitions. What is not in it is an error, and changes nothing."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from interrupt_mcp.words import InterruptStatus, RunStatus


class RunEvent(StrEnum):
    CLAIMED = "claimed"
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"
    FAILED = "failed"
    RETRIED = "retried"
    CANCELLED = "cancelled"


class InterruptEvent(StrEnum):
    DECIDED = "decided"
    APPLIED = "applied"
    DOUBTED = "doubted"
    SUPERSEDED = "superseded"


class Impossible(Exception):
    """An event that is not possible in that status: whoever moves a run or an interrupt looks at its status first."""


_RUN: Mapping[tuple[RunStatus, RunEvent], RunStatus] = {
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

_INTERRUPT: Mapping[tuple[InterruptStatus, InterruptEvent], InterruptStatus] = {
    (InterruptStatus.PENDING, InterruptEvent.DECIDED): InterruptStatus.DECIDED,
    (InterruptStatus.UNKNOWN_OUTCOME, InterruptEvent.DECIDED): InterruptStatus.DECIDED,
    (InterruptStatus.DECIDED, InterruptEvent.APPLIED): InterruptStatus.APPLIED,
    (InterruptStatus.DECIDED, InterruptEvent.DOUBTED): InterruptStatus.UNKNOWN_OUTCOME,
    (InterruptStatus.APPLIED, InterruptEvent.DOUBTED): InterruptStatus.UNKNOWN_OUTCOME,
    (InterruptStatus.PENDING, InterruptEvent.SUPERSEDED): InterruptStatus.SUPERSEDED,
    (InterruptStatus.DECIDED, InterruptEvent.SUPERSEDED): InterruptStatus.SUPERSEDED,
    (InterruptStatus.UNKNOWN_OUTCOME, InterruptEvent.SUPERSEDED): InterruptStatus.SUPERSEDED,
}

Status = TypeVar("Status", RunStatus, InterruptStatus)
Event = TypeVar("Event", RunEvent, InterruptEvent)


def run_after(status: RunStatus, event: RunEvent) -> RunStatus:
    """Return the status after the event.

    Raises:
        Impossible: the event is not possible in that status.
    """
    return _after(_RUN, status, event)


def interrupt_after(status: InterruptStatus, event: InterruptEvent) -> InterruptStatus:
    """Return the status after the event.

    Raises:
        Impossible: the event is not possible in that status.
    """
    return _after(_INTERRUPT, status, event)


def run_takes(status: RunStatus, event: RunEvent) -> bool:
    """Return whether the event is possible in that status."""
    return (status, event) in _RUN


def interrupts_before(event: InterruptEvent) -> tuple[InterruptStatus, ...]:
    """Return the statuses in which the event is possible."""
    return tuple(status for status, possible in _INTERRUPT if possible is event)


def _after(table: Mapping[tuple[Status, Event], Status], status: Status, event: Event) -> Status:
    try:
        return table[status, event]
    except KeyError:
        raise Impossible(f"What is {status} cannot be {event}") from None
