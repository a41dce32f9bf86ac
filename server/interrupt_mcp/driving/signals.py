"""Who waits for a run in this process, and what they are told: that it changed, and which node or tool runs now."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio

from interrupt_mcp.model import RunId


class Watch:
    """What one who waits for a run has not looked at yet."""

    def __init__(self, *, tells: bool) -> None:
        """`tells` is whether what the run does now is of interest too."""
        self._tells = tells
        self._woken = anyio.Event()
        self._changed = False

    async def next(self, seconds: float) -> bool:
        """Wait for what happens next, at most so long; whether the run may have another status than before."""
        with anyio.move_on_after(seconds):
            await self._woken.wait()
        changed = self._changed or not self._woken.is_set()
        self._woken, self._changed = anyio.Event(), False
        return changed

    def wake(self, *, changed: bool) -> None:
        if changed or self._tells:
            self._changed = self._changed or changed
            self._woken.set()


class Signals:
    """Wakes those who wait for a run; `announce` wakes those in other processes."""

    def __init__(self, announce: Callable[[], None] = lambda: None) -> None:
        self._announce = announce
        self._watching: defaultdict[RunId, set[Watch]] = defaultdict(set)
        self._now: dict[RunId, str] = {}
        self._next = anyio.Event()

    def changed(self, run_id: RunId) -> None:
        """The run has another status, which is on disk."""
        self._wake(run_id, changed=True)
        self._wake_all()
        self._announce()

    def look_again(self, but: Callable[[RunId], bool] = lambda _: False) -> None:
        """Another process changed something, `but` not these runs."""
        for run_id in list(self._watching):
            if not but(run_id):
                self._wake(run_id, changed=True)
        self._wake_all()

    def next_change(self) -> anyio.Event:
        """Is set when any run, here or in another process, may have another status."""
        return self._next

    def tell(self, run_id: RunId, what: str) -> None:
        """What the run does now."""
        self._now[run_id] = what
        self._wake(run_id, changed=False)

    def forget(self, run_id: RunId) -> None:
        """The run is driven no longer."""
        self._now.pop(run_id, None)
        self.changed(run_id)

    def doing(self, run_id: RunId) -> str:
        return self._now.get(run_id, "")

    @contextmanager
    def watch(self, run_id: RunId, *, tells: bool = False) -> Iterator[Watch]:
        """Within this context nothing that happens to the run is missed, whatever else is waited for meanwhile."""
        watch = Watch(tells=tells)
        self._watching[run_id].add(watch)
        try:
            yield watch
        finally:
            self._watching[run_id].discard(watch)
            if not self._watching[run_id]:
                del self._watching[run_id]

    def _wake_all(self) -> None:
        before, self._next = self._next, anyio.Event()
        before.set()

    def _wake(self, run_id: RunId, *, changed: bool) -> None:
        for watch in self._watching.get(run_id, ()):
            watch.wake(changed=changed)
