"""Signals: they wake whoever waits for a run in this process.

That is when the run may have another status, or when it tells something: that another of its nodes or tools begins, or
what its agent says. What became of the run they do not carry: that is read from the store.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress

import anyio

from interrupt_mcp.driving.untold import Untold
from interrupt_mcp.model import Run, RunId
from interrupt_mcp.text.told import Began, Told

_PAUSE = 0.25
"""Seconds between two times at which a waiter is woken for what the run tells."""


class Watch:
    """One waiter's view of a run: whether something happened since the last wait, and what was told."""

    def __init__(self, *, tells: bool) -> None:
        """`tells` is whether to wake also for what the run tells."""
        self._untold = Untold() if tells else None
        self._loop = asyncio.get_running_loop()
        self._woken = anyio.Event()
        self._changed = False
        self._pauses = False
        self.ending: tuple[Run, Future[None]] | None = None
        """The run as it will be when it has ended, and what resolves once that is on disk."""

    async def next(self, seconds: float) -> bool:
        """Wait until something happens, at most so long; return whether the run may have another status than before.

        It may have one after a wait that ended without a signal too: those of other processes can be lost.
        """
        signalled = False
        with anyio.move_on_after(seconds):
            await self._woken.wait()
            signalled = True
        changed = self._changed or not signalled
        self._woken, self._changed = anyio.Event(), False
        return changed

    def lines(self) -> list[str]:
        """Return what the run told since this was last called, as lines; more of it wakes the waiter after a pause."""
        if not self._untold:
            return []
        if not self._pauses:
            self._pauses = True
            self._loop.call_later(_PAUSE, self._end_pause)
        return self._untold.lines()

    def hear(self, told: Told) -> None:
        """Have the waiter told, from any thread."""
        if self._untold is not None and self._untold.add(told):
            # The waiter may have left meanwhile, and its loop may have ended.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake_to_tell)

    def end(self, run: Run, kept: "Future[None]") -> None:
        """Wake the waiter, since the run will be so once that is kept."""
        self.ending = run, kept
        self._woken.set()

    def wake(self) -> None:
        """Wake the waiter, since the run may have another status."""
        self._changed = True
        self._woken.set()

    def _wake_to_tell(self) -> None:
        if not self._pauses:
            self._woken.set()

    def _end_pause(self) -> None:
        self._pauses = False
        if self._untold:
            self._woken.set()


class Signals:
    """Wakes those who wait for a run."""

    def __init__(self, announce: Callable[[RunId], None] = lambda _: None) -> None:
        """`announce` tells the other processes that a run may have another status."""
        self.listened: Callable[[RunId, bool], None] = lambda _run_id, _listened: None
        """Is told of each run when somebody comes to want what it tells, and when nobody does any more."""
        self._announce = announce
        self._listeners: Counter[RunId] = Counter()
        self._watching: defaultdict[RunId, set[Watch]] = defaultdict(set)
        self._now: dict[RunId, str] = {}
        self._next = anyio.Event()

    def changed(self, run_id: RunId) -> None:
        """Tell all, in other processes too, that the run has another status, which is on disk."""
        self._wake(run_id)
        self._wake_all()
        self._announce(run_id)

    def ends(self, run: Run, kept: "Future[None]") -> None:
        """Tell those who wait for the run how it will be, and what resolves once that is on disk."""
        for watch in self._watching.get(run.run_id, ()):
            watch.end(run, kept)

    def look_again(self, but: Callable[[RunId], bool] = lambda _: False) -> None:
        """Wake those who wait for a run, since another process may have changed it; `but` tells of which it did not."""
        for run_id in list(self._watching):
            if not but(run_id):
                self._wake(run_id)
        self._wake_all()

    @property
    def awaited(self) -> tuple[RunId, ...]:
        """The runs that somebody in this process waits for."""
        return tuple(self._watching)

    def next_change(self) -> anyio.Event:
        """Return an event that is set when any run, here or in another process, may have another status."""
        return self._next

    def tell(self, run_id: RunId, what: str) -> None:
        """Tell what the run does now, in words for a person: the node or tool that begins. Any thread may."""
        self._now[run_id] = what
        self.say(run_id, Began(what))

    def note(self, run_id: RunId, what: str) -> None:
        """Keep what the run does now, without telling it; nothing, where it is not driven."""
        if what:
            self._now[run_id] = what
        else:
            self._now.pop(run_id, None)

    def say(self, run_id: RunId, told: Told) -> None:
        """Tell, to those who listen, what the run's agent says. Any thread may."""
        for watch in tuple(self._watching.get(run_id, ())):
            watch.hear(told)

    def forget(self, run_id: RunId) -> None:
        """Tell that the run is driven no longer, and so may have another status."""
        self._now.pop(run_id, None)
        self.changed(run_id)

    def doing(self, run_id: RunId) -> str:
        """Return what the run does now; empty where it is not driven here."""
        return self._now.get(run_id, "")

    @contextmanager
    def watch(self, run_id: RunId, *, tells: bool = False) -> Iterator[Watch]:
        """Watch the run within this context: nothing that happens to it is missed between two waits.

        `tells` is whether what the run tells is wanted too.
        """
        watch = Watch(tells=tells)
        if now := self.doing(run_id):
            watch.hear(Began(now))
        self._watching[run_id].add(watch)
        self._count(run_id, tells)
        try:
            yield watch
        finally:
            self._count(run_id, -tells)
            self._watching[run_id].discard(watch)
            if not self._watching[run_id]:
                del self._watching[run_id]

    def has_listener(self, run_id: RunId) -> bool:
        """Whether somebody wants what the run tells."""
        return run_id in self._listeners

    def _count(self, run_id: RunId, more: int) -> None:
        """Count those who want what the run tells."""
        before = self._listeners[run_id]
        self._listeners[run_id] += more
        if not self._listeners[run_id]:
            del self._listeners[run_id]
        if bool(before) != self.has_listener(run_id):
            self.listened(run_id, self.has_listener(run_id))

    def _wake_all(self) -> None:
        before, self._next = self._next, anyio.Event()
        before.set()

    def _wake(self, run_id: RunId) -> None:
        for watch in self._watching.get(run_id, ()):
            watch.wake()
