"""The engine of a front: workers drive what is submitted, and what they say wakes whoever waits here.

See `engine.port.Engine`.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp.driving.wakeups import Signals
from interrupt_mcp.engine.places import Places
from interrupt_mcp.errors import Busy
from interrupt_mcp.model import RunId
from interrupt_mcp.text.told import Passed
from interrupt_mcp.workers.fleet import Fleet
from interrupt_mcp.workers.messages import Changed, Doing, Held, Listen, Taken, Tells
from interrupt_mcp.workers.worker import Worker

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Enqueue
    from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)
_LONGEST = 1000
"""Characters of what a worker tells of a run."""
_MANY_LINES = 16
"""Lines that are taken of what it tells at once."""


class WorkersEngine:
    """Has workers drive runs."""

    def __init__(
        self,
        fleet: Fleet,
        signals: Signals,
        driven: Callable[[RunId], None],
        look: Callable[[], None],
        most: int,
    ) -> None:
        """Each worker drives at most `most` runs at once; `driven` is told when a drive of a run has ended.

        `look` has this process look, soon, for runs that nobody drives.
        """
        self._fleet = fleet
        self._signals = signals
        self._driven = driven
        self._look = look
        self._places = Places(lambda: most * fleet.count, lambda: (fleet.going_on, 0), "in this server's workers")
        self._draining = anyio.Event()
        fleet.hears = self
        signals.listened = fleet.listen

    @property
    def claims(self) -> bool:
        """Not this process."""
        return False

    @property
    def claims_now(self) -> bool:
        """Not this process."""
        return False

    def serve(self) -> None:
        """Do nothing: workers look themselves for what is nobody's."""

    def enqueue(self, run_id: RunId) -> "Enqueue | None":
        """Keep nothing: a run that no worker comes to drive is taken up by one that lives."""

    def submit(self, run_id: RunId, claimed: "ClaimedRun | None" = None, agent: str = "") -> None:  # noqa: ARG002
        """Have a worker claim the run and drive it. Where none is there, the next that comes up takes it up."""
        if not self.draining:
            self._fleet.begin()
            self._fleet.drive(run_id, agent)

    def cancel(self, run_id: RunId) -> None:
        """See the port."""
        self._fleet.stop(run_id)

    def drives(self, run_id: RunId) -> bool:
        """Whether one of this process's workers drives the run, or will in its turn."""
        return self._fleet.has(run_id)

    def is_stuck(self, run_id: RunId) -> bool:
        """Whether all workers that have the run do not answer."""
        return self._fleet.is_stuck(run_id)

    @property
    def driven(self) -> tuple[RunId, ...]:
        """None: workers look themselves which runs are no longer theirs."""
        return ()

    def place(self) -> AbstractContextManager[bool]:
        """See `places.Places`."""
        return self._places.place()

    def busy(self) -> Busy:
        """See `places.Places`."""
        return self._places.busy()

    @property
    def draining(self) -> bool:
        """Whether no more runs are taken."""
        return self._draining.is_set()

    def begin_draining(self) -> None:
        """Take no more runs, and have the workers let go of theirs."""
        self._draining.set()
        self._fleet.leave()

    async def drain(self, seconds: float) -> None:
        """Begin draining, and wait until the workers have ended, at most so long."""
        self.begin_draining()
        with anyio.move_on_after(seconds, shield=True):
            await self._fleet.ended()

    def ready(self, worker: Worker) -> None:  # noqa: ARG002
        """See `worker.Hears`: what nobody drives is for it at the next look."""
        self._look()

    def said(self, worker: Worker, message: Taken | Held | Changed | Doing | Tells) -> None:
        """See `worker.Hears`."""
        match message:
            case Taken(run_id, True):
                if self._signals.has_listener(run_id):
                    worker.send(Listen(run_id, True))
            case Taken(run_id):
                self._signals.forget(run_id)
                self._driven(run_id)
            case Held(run_id):
                self._fleet.pass_on(worker, run_id)
            case Changed(run_id):
                self._signals.changed(run_id)
            case Doing(run_id, what):
                self._signals.note(run_id, what[:_LONGEST])
            case Tells(run_id, lines):
                for line in lines[:_MANY_LINES]:
                    self._signals.say(run_id, Passed(line))

    def lost(self, worker: Worker, run_ids: tuple[RunId, ...]) -> None:
        """See `worker.Hears`: others go on with what it had."""
        if self.draining:
            return
        if run_ids:
            log.warning("worker %s ended with %d runs, which go on in another one", worker.name, len(run_ids))
        for run_id in run_ids:
            self._signals.note(run_id, "")
            self._fleet.drive_within(worker.group, run_id)
        self._signals.look_again()
