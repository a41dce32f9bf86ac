"""Signals: they wake whoever waits for a run in this process.

That is when the run may have another status, or when another of its nodes or tools begins. They carry no
more than that: what became of the run is read from the store.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio

from interrupt_mcp.model import RunId


class Watch:
    """One waiter's view of a run: whether something happened since the last wait."""

    def __init__(self, *, tells: bool) -> None:
        """`tells` is whether to wake also when another node or tool of the run begins."""
        self._tells = tells
        self._woken = anyio.Event()
        self._changed = False

    async def next(self, seconds: float) -> bool:
        """Wait until something happens, at most so long; return whether the run may have another status than before.

        It may have one after a wait that ended without a signal too: those of other processes can be lost.
        """
        with anyio.move_on_after(seconds):
            await self._woken.wait()
        changed = self._changed or not self._woken.is_set()
        self._woken, self._changed = anyio.Event(), False
        return changed

    def wake(self, *, changed: bool) -> None:
        """Wake the waiter. `changed` is whether the run may have another status."""
        if changed or self._tells:
            self._changed = self._changed or changed
            self._woken.set()


class Signals:
    """Wakes those who wait for a run."""

    def __init__(self, announce: Callable[[], None] = lambda: None) -> None:
        """`announce` wakes the other processes."""
        self._announce = announce
        self._watching: defaultdict[RunId, set[Watch]] = defaultdict(set)
        self._now: dict[RunId, str] = {}
        self._next = anyio.Event()

    def changed(self, run_id: RunId) -> None:
        """Tell all, in other processes too, that the run has another status, which is on disk."""
        self._wake(run_id, changed=True)
        self._wake_all()
        self._announce()

    def look_again(self, but: Callable[[RunId], bool] = lambda _: False) -> None:
        """Wake those who wait for a run, since another process may have changed it; `but` tells of which it did not."""
        for run_id in list(self._watching):
            if not but(run_id):
                self._wake(run_id, changed=True)
        self._wake_all()

    def next_change(self) -> anyio.Event:
        """Return an event that is set when any run, here or in another process, may have another status."""
        return self._next

    def tell(self, run_id: RunId, what: str) -> None:
        """Tell what the run does now, in words for a person."""
        self._now[run_id] = what
        self._wake(run_id, changed=False)

    def forget(self, run_id: RunId) -> None:
        """Tell that the run is driven no longer, and so may have another status."""
        self._now.pop(run_id, None)
        self.changed(run_id)

    def doing(self, run_id: RunId) -> str:
        """Return what the run does now; empty where it is not driven here."""
        return self._now.get(run_id, "")

    @contextmanager
    def watch(self, run_id: RunId, *, tells: bool = False) -> Iterator[Watch]:
        """Watch the run within this context: nothing that happens to it is missed between two waits."""
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
