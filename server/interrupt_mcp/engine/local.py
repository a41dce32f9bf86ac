"""The engine of one process: one task group, and a cancel scope for each run that is being driven.

It drives a fixed number of runs at once. What is submitted beyond that waits, and has its turn in the order in which
it came, by turns between those whose runs they are.

Of those that processes may have died of, suspects, it drives one at a time, until that got on from where they died or
was driven for long, and all others meanwhile; those with which the fewest died come first. So one that kills its
process takes no other suspect along, and each that was merely beside it comes to be driven without it.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

import anyio
import anyio.abc

from interrupt_mcp.concurrency.rounds import Rounds
from interrupt_mcp.concurrency.turns import Turns
from interrupt_mcp.engine.places import Places
from interrupt_mcp.errors import Busy, Error
from interrupt_mcp.model import RunId
from interrupt_mcp.store.flight import InFlight

if TYPE_CHECKING:
    from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)
Claim = Callable[[RunId, bool], Awaitable["ClaimedRun | InFlight | None"]]
Drive = Callable[["ClaimedRun"], Awaitable[None]]
Whose = Callable[["ClaimedRun"], str]
Told = Callable[[RunId, bool], None]
"""Hears of a run whether it is driven here, or waits for its turn, each time that changes."""
Held = Callable[[RunId], None]
"""Hears of a suspect that waits here until another one got on."""
GotOn = Callable[[RunId], Awaitable[bool]]
_REST_SECONDS = 2.0
"""How long a run is left alone that could not be driven, as where the disk is full."""
_LOOK_SECONDS = 0.5
"""How often it is looked whether a suspect got on, where others wait for that."""
_LONG_SECONDS = 60.0
"""How long others wait for a suspect that does not get on: one step of an agent may take hours."""


class LocalEngine:
    """Drives runs in this process."""

    def __init__(
        self,
        tasks: anyio.abc.TaskGroup,
        claim: Claim,
        drive: Drive,
        most: int,
        whose: Whose = lambda _: "",
        got_on: GotOn | None = None,
        told: Told | None = None,
        held: Held | None = None,
    ) -> None:
        """At most `most` runs are driven at once, each by `drive` in one of the `tasks`.

        `claim` claims a run that is submitted without its claim; `None` where it is not to be driven here. It is told
        whether no other suspect is driven, and without that claims none, but returns how it stands. `whose` tells whose
        a run is; until it is claimed it is nobody's, and has its turn with all others that are not. `got_on` tells
        whether a suspect did; without it, others wait for the end of its drive.
        """
        self._tasks = tasks
        self._claim = claim
        self._drive = drive
        self._most = most
        self._whose = whose
        self._got_on = got_on
        self._told = told
        self._held = held
        self._taken: set[RunId] = set()
        """Those of which it was told that they are driven here; empty where nobody is told."""
        self._scopes: dict[RunId, anyio.CancelScope] = {}
        self._claiming: set[RunId] = set()
        self._waiting: Rounds[RunId] = Rounds()
        self._claimed: dict[RunId, ClaimedRun | None] = {}
        """Those that wait, as they were submitted."""
        self._suspects: dict[RunId, int] = {}
        """Those that wait until no other suspect is driven, with their deaths; they take no place."""
        self._suspect: RunId | None = None
        """The one that is driven, or about to be claimed."""
        self._turns = Turns()
        self._places = Places(lambda: most, lambda: (len(self._scopes), len(self._waiting)))
        self._draining = anyio.Event()
        self._ended = anyio.Event()

    def serve(self) -> None:
        """Do nothing: what is nobody's is submitted."""

    def enqueue(self, _run_id: RunId) -> None:
        """Keep nothing: a run that this process does not come to drive is taken up by one that lives."""

    @property
    def claims(self) -> bool:
        return True

    @property
    def claims_now(self) -> bool:
        return True

    def submit(self, run_id: RunId, claimed: "ClaimedRun | None" = None, agent: str = "") -> None:  # noqa: ARG002
        """Have the run driven, now or in its turn.

        A run that was just claimed may still be at the end of the drive in which it asked: then it waits for that end.
        """
        if claimed is not None or not self.drives(run_id):
            self.submit_again(run_id, claimed)

    def submit_again(self, run_id: RunId, claimed: "ClaimedRun | None" = None) -> None:
        """Have the run driven in its turn; one that is driven now, once more when that drive has ended."""
        if self.draining:
            return
        self._suspects.pop(run_id, None)
        self._waiting.add(run_id, "" if claimed is None else self._whose(claimed))
        self._claimed[run_id] = claimed
        self._fill()
        self._tell(run_id)

    def cancel(self, run_id: RunId) -> None:
        """Stop driving the run, and drop it if it waits for its turn."""
        self._drop(run_id)
        if scope := self._scopes.get(run_id):
            scope.cancel()

    def yield_suspect(self, run_id: RunId) -> None:
        """Let go of the run if it only waits until another suspect got on."""
        if run_id in self._suspects:
            self._drop(run_id)

    def drives(self, run_id: RunId) -> bool:
        """Whether the run is driven here, or waits for its turn."""
        return run_id in self._scopes or run_id in self._waiting or run_id in self._suspects

    def is_stuck(self, run_id: RunId) -> bool:  # noqa: ARG002
        """Never: where nothing happens in this process, nobody asks."""
        return False

    @property
    def driven(self) -> tuple[RunId, ...]:
        """The runs that are driven here now. One that is still being claimed is another's, or nobody's, until it is."""
        return tuple(run_id for run_id in self._scopes if run_id not in self._claiming)

    def place(self) -> AbstractContextManager[bool]:
        """See `places.Places`."""
        return self._places.place()

    def busy(self) -> Busy:
        """See `places.Places`."""
        return self._places.busy()

    @property
    def room(self) -> int:
        """How many more runs would be driven at once; from any thread."""
        ending = sum(run_id in self._waiting for run_id in [*self._scopes])
        return self._most - len(self._scopes) - len(self._waiting) + ending

    @property
    def draining(self) -> bool:
        """Whether no more runs are taken."""
        return self._draining.is_set()

    def begin_draining(self) -> None:
        """Take no more runs, and drop those that wait for their turn."""
        self._draining.set()
        dropped = [run_id for run_id in self._claimed if run_id not in self._scopes]
        self._waiting.clear()
        self._claimed.clear()
        self._suspects.clear()
        for run_id in dropped:
            self._tell(run_id)

    async def drain(self, seconds: float) -> None:
        """Begin draining, wait until no run is driven, at most so long, and cut off those that still are."""
        self.begin_draining()
        with anyio.move_on_after(seconds, shield=True):
            while self._scopes:
                self._ended = anyio.Event()
                await self._ended.wait()
        for scope in self._scopes.values():
            scope.cancel()

    def _fill(self) -> None:
        while len(self._scopes) < self._most and (run_id := self._next()) is not None:
            claimed = self._claimed.pop(run_id, None)
            if claimed is None:
                self._claiming.add(run_id)
            self._scopes[run_id] = anyio.CancelScope()
            self._tasks.start_soon(self._carry, run_id, claimed)

    def _next(self) -> RunId | None:
        """Take the one of those that wait which has its turn, but none whose last drive has not ended yet."""
        ready = [run_id for run_id in self._suspects if run_id not in self._scopes]
        # As long as others are being claimed, there may be one among them that is less of a suspect.
        if ready and self._suspect is None and not self._claiming:
            self._suspect = min(ready, key=self._suspects.__getitem__)
            del self._suspects[self._suspect]
            return self._suspect
        return self._waiting.next(lambda run_id: run_id not in self._scopes)

    def _drop(self, run_id: RunId) -> None:
        self._waiting.discard(run_id)
        self._suspects.pop(run_id, None)
        self._claimed.pop(run_id, None)
        self._tell(run_id)

    def _tell(self, run_id: RunId) -> None:
        """Tell whether the run is driven here, where that is not known."""
        drives = self.drives(run_id)
        if self._told is not None and drives != (run_id in self._taken):
            (self._taken.add if drives else self._taken.discard)(run_id)
            self._told(run_id, drives)

    async def _carry(self, run_id: RunId, claimed: "ClaimedRun | None") -> None:
        try:
            with self._scopes[run_id]:
                await self._turns.mine()
                await self._try(run_id, claimed)
        finally:
            del self._scopes[run_id]
            self._claiming.discard(run_id)
            self._suspect_no_more(run_id)
            self._ended.set()
            self._fill()
            self._tell(run_id)

    async def _try(self, run_id: RunId, claimed: "ClaimedRun | None") -> None:
        try:
            found = claimed or await self._claim(run_id, run_id == self._suspect)
            self._claiming.discard(run_id)
            if isinstance(found, InFlight):
                self._hold(found)
            elif found is not None:
                if found.is_suspect:
                    self._tasks.start_soon(self._look_after, run_id)
                else:
                    self._suspect_no_more(run_id)
                if self._suspects:
                    self._fill()
                await self._drive_as(run_id, found)
        except Error as error:
            log.error("run %s is not driven on: %s", run_id, error)
            with anyio.move_on_after(_REST_SECONDS):
                await self._draining.wait()

    def _hold(self, suspect: InFlight) -> None:
        """Have a suspect wait until no other one is driven."""
        if not self.draining:
            self._suspects[suspect.run_id] = suspect.deaths
            if self._held is not None:
                self._held(suspect.run_id)

    async def _look_after(self, run_id: RunId) -> None:
        """Have the next of the suspects driven once this one got on, or was driven for long."""
        long = anyio.current_time() + _LONG_SECONDS
        while self._got_on is not None and self._suspect == run_id:
            await anyio.sleep(_LOOK_SECONDS)
            with suppress(Error):
                if self._suspects and (anyio.current_time() > long or await self._got_on(run_id)):
                    self._suspect_no_more(run_id)

    def _suspect_no_more(self, run_id: RunId) -> None:
        """Have the next of the suspects driven, if it was this one that they wait for."""
        if self._suspect == run_id:
            self._suspect = None
            self._fill()

    async def _drive_as(self, run_id: RunId, claimed: "ClaimedRun") -> None:
        try:
            await self._drive(claimed)
        finally:
            # Who looks for runs to take over finds one between its start, or decision, and the `submit` that follows,
            # and claims it anew. What was claimed with that start is void then, and driving it would repeat nodes.
            waits = self._claimed.get(run_id)
            if waits is not None and waits.epoch < claimed.epoch:
                self._drop(run_id)
