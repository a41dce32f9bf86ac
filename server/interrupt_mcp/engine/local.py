"""The engine of one process: one task group, and a cancel scope for each run that is being driven.

It drives so many runs at once; what is to be driven beyond that waits, and comes in the order in which it was given.
"""

import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager

import anyio
import anyio.abc

from interrupt_mcp.concurrency.turns import Turns
from interrupt_mcp.errors import Busy, Error
from interrupt_mcp.model import RunId
from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)
Drive = Callable[[RunId, ClaimedRun | None], Awaitable[None]]
_REST_SECONDS = 2.0
"""How long a run is left alone that could not be driven, as where the disk is full."""
_OF_LATE = 100
"""Of how many drives that ended it is known how long they took."""
_MOST_EXPECTED = 10_000
_LONGEST_SECONDS = 60
"""The longest that anybody is told to wait before the next try."""


class LocalEngine:
    """Drives runs in this process, each until its next pause or its end."""

    def __init__(self, tasks: anyio.abc.TaskGroup, drive: Drive, most: int) -> None:
        """At most `most` runs are driven at once."""
        self._tasks = tasks
        self._drive = drive
        self._most = most
        self._scopes: dict[RunId, anyio.CancelScope] = {}
        self._waiting: dict[RunId, ClaimedRun | None] = {}
        """In order. A thread has one run in flight, so none of them can take all the turns."""
        self._turns = Turns()
        self._held = 0
        self._began: dict[RunId, float] = {}
        self._took: deque[float] = deque(maxlen=_OF_LATE)
        """Seconds that the last drives took."""
        self._expected: deque[float] = deque(maxlen=_MOST_EXPECTED)
        """When those come back who were told to, soonest first but for those whom a change of pace put out of order."""
        self._draining = False
        self._refused = anyio.Event()
        self._ended = anyio.Event()

    def submit(self, run_id: RunId, claimed: ClaimedRun | None = None) -> None:
        """Drive the run, now or in its turn; a run that is driven already is not driven twice."""
        if run_id in self._scopes or self._draining:
            return
        self._waiting[run_id] = claimed or self._waiting.get(run_id)
        self._fill()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Hold a place for a run that is about to be kept, within this context; whether there is one."""
        free = not self._waiting and len(self._scopes) + self._held < self._most
        self._held += free
        try:
            yield free
        finally:
            self._held -= free

    def busy(self) -> Busy:
        """What to tell who wants to start a run when there is no place.

        As fast as runs leave, one will be free for each that waits, then for each that was told to come back and has
        not, and then for this one. So those who are refused together do not all come back together.
        """
        running = f"{len(self._scopes)} runs are going on in this process, which is as many as it takes"
        waiting = f", and {len(self._waiting)} wait for their turn" if self._waiting else ""
        now = anyio.current_time()
        going_on = [now - began for began in self._began.values()]
        a_drive = max(_mean(self._took), _mean(going_on))
        while self._expected and self._expected[0] <= now:
            self._expected.popleft()
        before = len(self._waiting) + len(self._expected)
        seconds = min(max(1, math.ceil(a_drive / self._most * (before + 1))), _LONGEST_SECONDS)
        self._expected.append(now + seconds)
        return Busy(running + waiting, seconds)

    def cancel(self, run_id: RunId) -> None:
        """Stop driving the run. One that waits has its turn all the same, and is found to have ended."""
        if scope := self._scopes.get(run_id):
            scope.cancel()
        if run_id in self._waiting:
            self._waiting[run_id] = None

    def drives(self, run_id: RunId) -> bool:
        """Whether the run is driven here, or has its turn here."""
        return run_id in self._scopes or run_id in self._waiting

    @property
    def driven(self) -> tuple[RunId, ...]:
        """The runs that are driven here now."""
        return tuple(self._scopes)

    @property
    def draining(self) -> bool:
        """Whether nothing is driven here any more, so that nothing here is worth waiting for."""
        return self._draining

    def refuse(self) -> None:
        """Take no more runs."""
        self._draining = True
        self._waiting.clear()
        self._refused.set()

    async def drain(self, seconds: float) -> None:
        """Take no more runs, and wait at most so many seconds for those there are, which are then cut off.

        They go on where they stopped, in the next process.
        """
        self.refuse()
        with anyio.move_on_after(seconds, shield=True):
            while self._scopes:
                self._ended = anyio.Event()
                await self._ended.wait()
        for scope in self._scopes.values():
            scope.cancel()

    def _fill(self) -> None:
        while self._waiting and len(self._scopes) < self._most:
            run_id = next(iter(self._waiting))
            claimed = self._waiting.pop(run_id)
            self._scopes[run_id] = anyio.CancelScope()
            self._began[run_id] = anyio.current_time()
            self._tasks.start_soon(self._carry, run_id, claimed)

    async def _carry(self, run_id: RunId, claimed: ClaimedRun | None) -> None:
        scope = self._scopes[run_id]
        try:
            with scope:
                await self._turns.mine()
                await self._try(run_id, claimed)
        finally:
            del self._scopes[run_id]
            self._took.append(anyio.current_time() - self._began.pop(run_id))
            self._ended.set()
            self._fill()

    async def _try(self, run_id: RunId, claimed: ClaimedRun | None) -> None:
        try:
            await self._drive(run_id, claimed)
        except Error as error:
            log.error("run %s is not driven on: %s", run_id, error)
            with anyio.move_on_after(_REST_SECONDS):
                await self._refused.wait()


def _mean(seconds: Collection[float]) -> float:
    return sum(seconds) / len(seconds) if seconds else 0.0
