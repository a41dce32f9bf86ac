"""Watching: which runs and threads changed, in whatever process, told to those who want to know.

It reads the record, which has an entry for each change that somebody would look at. It knows no protocol.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from interrupt_mcp.driving.wakeups import Signals
from interrupt_mcp.store.port import Audit

_ABOUT_PENDING = frozenset(("asked", "decided", "outcome_unknown", "cancelled", "failed", "finished"))
"""Events after which something else may wait for a decision."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is not as it was: runs and threads by their ids, and whether it is what waits for a decision."""

    runs: tuple[str, ...]
    threads: tuple[str, ...]
    pending: bool


async def changes(audit: Audit, signals: Signals, since: datetime) -> AsyncIterator[Change]:
    """All that changes from that moment on."""
    position = await audit.position_at(since)
    while True:
        noticed = signals.next_change()
        entries, position = await audit.since(position)
        if entries:
            yield Change(
                runs=tuple(dict.fromkeys(entry.run_id for entry in entries if entry.run_id)),
                threads=tuple(dict.fromkeys(entry.thread_id for entry in entries if entry.thread_id)),
                pending=any(entry.event in _ABOUT_PENDING for entry in entries),
            )
        await noticed.wait()
