"""Who waits for a run in this process, and what they are told: that it changed, and which node or tool runs now."""

from collections import defaultdict
from collections.abc import Callable

import anyio

from interrupt_mcp.model import RunId


class Signals:
    """Wakes those who wait for a run; `announce` wakes those in other processes."""

    def __init__(self, announce: Callable[[], None] = lambda: None) -> None:
        self._announce = announce
        self._waiting: defaultdict[RunId, set[anyio.Event]] = defaultdict(set)
        self._now: dict[RunId, str] = {}
        self._next = anyio.Event()

    def changed(self, run_id: RunId) -> None:
        """The run has another status, which is on disk."""
        self._wake(run_id)
        self._wake_all()
        self._announce()

    def look_again(self) -> None:
        """Another process changed something."""
        for run_id in list(self._waiting):
            self._wake(run_id)
        self._wake_all()

    def next_change(self) -> anyio.Event:
        """Is set when any run, here or in another process, may have another status."""
        return self._next

    def tell(self, run_id: RunId, what: str) -> None:
        """What the run does now."""
        self._now[run_id] = what
        self._wake(run_id)

    def forget(self, run_id: RunId) -> None:
        """The run is driven no longer."""
        self._now.pop(run_id, None)
        self.changed(run_id)

    def doing(self, run_id: RunId) -> str:
        return self._now.get(run_id, "")

    async def wait(self, run_id: RunId, seconds: float) -> None:
        """Wait for the next change, at most so long."""
        event = anyio.Event()
        self._waiting[run_id].add(event)
        try:
            with anyio.move_on_after(seconds):
                await event.wait()
        finally:
            waiting = self._waiting.get(run_id)
            if waiting is not None:
                waiting.discard(event)
                if not waiting:
                    del self._waiting[run_id]

    def _wake_all(self) -> None:
        before, self._next = self._next, anyio.Event()
        before.set()

    def _wake(self, run_id: RunId) -> None:
        for event in self._waiting.pop(run_id, ()):
            event.set()
