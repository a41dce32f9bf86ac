"""Watching: which runs and threads changed, in whatever process, told to those who want to know.

It reads the record, which has an entry for each change that somebody would look at. It knows no protocol.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import anyio

from interrupt_mcp.driving.wakeups import Signals
from interrupt_mcp.store.port import Audit
from interrupt_mcp.store.records import Position

_ABOUT_PENDING = frozenset(("asked", "decided", "outcome_unknown", "cancelled", "failed", "finished"))
"""Events after which something else may wait for a decision."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is not as it was: runs and threads by their ids, and whether it is what waits for a decision."""

    runs: tuple[str, ...]
    threads: tuple[str, ...]
    pending: bool


class Changes:
    """All that changes from a moment on, in whatever process."""

    def __init__(self, audit: Audit, signals: Signals, position: Position) -> None:
        self._audit = audit
        self._signals = signals
        self._position = position

    async def next(self, seconds: float = math.inf) -> Change | None:
        """Return the next change, or `None` where there is none within so many seconds; none is missed between two."""
        with anyio.move_on_after(seconds):
            while True:
                noticed = self._signals.next_change()
                entries, self._position = await self._audit.since(self._position)
                if entries:
                    return Change(
                        runs=tuple(dict.fromkeys(entry.run_id for entry in entries if entry.run_id)),
                        threads=tuple(dict.fromkeys(entry.thread_id for entry in entries if entry.thread_id)),
                        pending=any(entry.event in _ABOUT_PENDING for entry in entries),
                    )
                await noticed.wait()
        return None


async def changes(audit: Audit, signals: Signals, since: datetime) -> Changes:
    """Return what changes from that moment on."""
    return Changes(audit, signals, await audit.position_at(since))
