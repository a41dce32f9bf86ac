"""The engine of many processes on one database: a queue that they share, of which each drives what it has room for.

A process that drives hardly anything drives what it keeps. Else a start or a decision keeps a run that is nobody's,
and a job for it in the same transaction. Whoever fetches the job has its own local engine claim the run and drive it,
and drops the job once that no longer does. Jobs are hints: what is
to be driven, and by whom, is in the runs. What is in flight and nobody's, and has no job, gets one again.

A process that does not serve its project leaves the queue alone, and drives what it keeps.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.abc

from interrupt_mcp.engine.fetching import Fetching
from interrupt_mcp.engine.local import LocalEngine, Told
from interrupt_mcp.engine.places import Places
from interrupt_mcp.errors import Busy, Error
from interrupt_mcp.model import RunId
from interrupt_mcp.store.port.queue import Load, Queue

if TYPE_CHECKING:
    from interrupt_mcp.engine.handed import Handed
    from interrupt_mcp.store.port import Enqueue
    from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)
_FEW = 4
"""Runs at once with which a process drives what it keeps by itself, and leaves nothing to others."""
_LOOK_SECONDS = 1.0
"""How often it is looked how much there is to do."""
_REST_SECONDS = 0.25
"""Between two looks, so that one serves for much that comes at once."""
_MOST_ASKED = 1000
"""Runs that are looked at once, and kept runs that are remembered until they are submitted."""
_STOP_SECONDS = 0.8


class ProcrastinateEngine:
    """Has runs driven by whichever process has room."""

    def __init__(
        self, tasks: anyio.abc.TaskGroup, queue: Queue, most: int, seconds: float, local: Callable[[Told], LocalEngine]
    ) -> None:
        """Each process drives at most `most` runs at once, by what `local` makes, which tells what it drives.

        A process that takes jobs is dead after so many seconds without a sign of life.
        """
        self._tasks = tasks
        self._queue = queue
        self._most = most
        self._seconds = seconds
        self._local = local(self._told)
        self._fetching: Fetching | None = None
        self._handed: dict[RunId, list[Handed]] = {}
        """What was fetched and is driven here, or waits for its turn."""
        self._kept: dict[RunId, None] = {}
        """Runs for which a job is kept, or being kept, and which are not submitted yet."""
        self._asked: set[RunId] = set()
        """Runs that may have no job."""
        self._load = Load(0, 0, 1)
        self._more = 0
        """How many runs came to go on, or ceased to, since the load was found."""
        self._places = Places(lambda: self.most, self._taken, "in this project")
        self._wake = anyio.Event()

    @property
    def claims(self) -> bool:
        """Whether it drives what it keeps: it does not, once it serves."""
        return self._fetching is None

    @property
    def claims_now(self) -> bool:
        """Whether it does, or drives hardly anything now: then the way through the queue would only take longer."""
        return self.claims or (not self.draining and self._most - self._local.room < min(_FEW, self._most))

    @property
    def most(self) -> int:
        """How many runs may go on at once, in all processes."""
        return self._most * max(1, self._load.processes)

    def serve(self) -> None:
        """From here on, take what is in the queue.

        Raises:
            Unavailable: the library that takes it does not fit the database.
        """
        if self._fetching is None and not self.draining:
            self._queue.check()
            self._fetching = Fetching(self._queue, self._most, self._seconds, lambda: self._local.room, self._take)
            self._fetching.start()
            self._tasks.start_soon(self._look)

    def enqueue(self, run_id: RunId) -> "Enqueue | None":
        """Return what keeps a job."""
        self._kept[run_id] = None
        while len(self._kept) > _MOST_ASKED:
            del self._kept[next(iter(self._kept))]
        return self._queue.add(run_id)

    def submit(self, run_id: RunId, claimed: "ClaimedRun | None" = None, agent: str = "") -> None:
        """Have the run driven here, if it was claimed here, or else by whoever fetches its job: it has one then."""
        if claimed is not None or self._fetching is None:
            self._more += self._fetching is not None
            self._local.submit(run_id, claimed, agent)
        elif run_id in self._kept:
            del self._kept[run_id]
            self._more += 1
        elif not self.draining:
            # At the next look: most often somebody has it by then.
            self._asked.add(run_id)

    def cancel(self, run_id: RunId) -> None:
        """See the port."""
        if not self._local.drives(run_id):
            self._queue.drop(run_id)
        self._local.cancel(run_id)

    def drives(self, run_id: RunId) -> bool:
        """See the port."""
        return self._local.drives(run_id)

    def is_stuck(self, run_id: RunId) -> bool:  # noqa: ARG002
        """Never: what is not driven here is not known to be driven at all."""
        return False

    @property
    def driven(self) -> tuple[RunId, ...]:
        """See the port."""
        return self._local.driven

    @contextmanager
    def place(self) -> Iterator[bool]:
        """See `places.Places`: the places of all processes, as far as this one knows."""
        with (self._local if self._fetching is None else self._places).place() as free:
            if not free:
                self._wake.set()
            yield free

    def busy(self) -> Busy:
        """See `places.Places`."""
        return (self._local if self._fetching is None else self._places).busy()

    @property
    def draining(self) -> bool:
        """Whether no more runs are taken."""
        return self._local.draining

    def begin_draining(self) -> None:
        """Fetch no more, and drop what waits for its turn: their jobs are for others."""
        if self._fetching is not None:
            self._fetching.pause()
        self._local.begin_draining()
        self._wake.set()

    async def drain(self, seconds: float) -> None:
        """See the port. What the queue holds stays for others."""
        self.begin_draining()
        await self._local.drain(seconds)
        if self._fetching is not None:
            with anyio.CancelScope(shield=True):
                await self._fetching.stop(_STOP_SECONDS)

    async def _take(self, handed: "Handed") -> None:
        """Have a run that was fetched claimed and driven here."""
        run_id, driven = handed.run_id, False
        try:
            if handed.take():
                self._local.submit(run_id)
                if driven := self._local.drives(run_id):
                    self._handed.setdefault(run_id, []).append(handed)
        finally:
            handed.answer(driven=driven)

    def _told(self, run_id: RunId, drives: bool) -> None:
        if drives:
            return
        self._more -= 1
        for each in self._handed.pop(run_id, ()):
            each.end()
        if self._fetching is not None:
            self._fetching.call()

    def _taken(self) -> tuple[int, int]:
        return self._load.driven, max(0, self._load.waiting + self._more)

    async def _look(self) -> None:
        """Look how much there is to do, and make jobs anew that were lost, until this process drains."""
        failing = False
        while not self.draining:
            with anyio.move_on_after(_LOOK_SECONDS):
                await self._wake.wait()
            self._wake = anyio.Event()
            try:
                await self._mend()
                failing = False
            except Error as error:
                if not failing:
                    log.warning("%s", error)
                failing = True
            await anyio.sleep(_REST_SECONDS)

    async def _mend(self) -> None:
        self._asked -= {run_id for run_id in self._asked if self._local.drives(run_id)}
        asked, more = tuple(self._asked)[:_MOST_ASKED], self._more
        now = await self._queue.now(asked, self._seconds)
        self._asked.difference_update(asked)
        self._load, self._more = now.load, self._more - more
        # What a dead one had taken is missing once that is dropped.
        lost = asked if now.dead else now.missing
        if (now.dead or lost) and (added := await self._queue.mend(lost, self._seconds)):
            log.info("%d runs that nobody drives are in the queue again", added)
        if self._asked:
            self._wake.set()
