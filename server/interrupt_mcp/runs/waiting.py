"""Waiting for runs, and for the people who decide what they ask. It changes nothing."""

from typing import TYPE_CHECKING

import anyio

from interrupt_mcp.model import Access, Interrupt, Run, RunId, RunStatus
from interrupt_mcp.runs.caller import Progress, silently
from interrupt_mcp.runs.parts import Parts
from interrupt_mcp.runs.queries import Queries

if TYPE_CHECKING:
    from concurrent.futures import Future

_LONG = 3600.0
_IN_FLIGHT = (RunStatus.PENDING, RunStatus.RUNNING)


class Waiting(Queries):
    """The runs of one who calls, to be looked at and waited for."""

    def __init__(self, parts: Parts, access: Access) -> None:
        super().__init__(parts.store_of(access), parts.policy, parts.people.ways)
        self.people = parts.people
        self._let_see: set[RunId] = set()
        """Runs of which it was found out, since this was made, that who calls may see them."""
        self._engine = parts.engine
        self._signals = parts.signals
        self._takeover = parts.takeover

    async def wait(self, run_id: str, seconds: float, progress: Progress) -> Run:
        """Return the run once it is no longer pending or running, or after so many seconds, telling what it does."""
        return (await self.ending(run_id, seconds, progress, early=False))[0]

    async def ending(
        self, run_id: str, seconds: float, progress: Progress, *, early: bool = True
    ) -> tuple[Run, "Future[None] | None"]:
        """Return the run as `wait` does; or, `early`, as it will be, and what resolves once that is on disk.

        Nobody is to be told of it before that. Where it cannot be kept, the run is not so.
        """
        deadline = anyio.current_time() + seconds
        with self._signals.watch(RunId(run_id), tells=progress is not silently) as watch:
            # Of a run that is driven here, the driver says when there is something to look at.
            looks = run_id not in self._let_see or not self._engine.drives(RunId(run_id))
            run = await self.get(run_id) if looks else None
            while True:
                for line in watch.lines():
                    await progress(line)
                if early and watch.ending is not None and run_id in self._let_see:
                    return watch.ending
                left = deadline - anyio.current_time()
                if left <= 0 or self._engine.draining or (run and run.status not in _IN_FLIGHT):
                    return run or await self.get(run_id), None
                self._takeover.go_on(RunId(run_id))
                if await watch.next(left):
                    run = await self.get(run_id)

    async def decided_by_people(self, run: Run, seconds: float, progress: Progress) -> Run:
        """Return the run once a person who sees it has let it go on, and it paused anew or ended.

        It returns the run as it is where nobody is about to see it, and after so many seconds.
        """
        deadline = anyio.current_time() + seconds
        while anyio.current_time() < deadline and await self.people.expect(run):
            await progress(f"waiting for a person, who decides at {self.ways.address}/inbox")
            await self._changed(run, deadline)
            if self._engine.draining:
                break
            run = await self.wait(run.run_id, max(0.0, deadline - anyio.current_time()), progress)
        return run

    async def _changed(self, run: Run, deadline: float) -> None:
        """Wait until the run is not as it was, at most to that time of the event loop, or to the process's leaving."""
        with self._signals.watch(run.run_id) as watch:
            while not self._engine.draining and await self.get(run.run_id) == run:
                if (left := deadline - anyio.current_time()) <= 0:
                    return
                await watch.next(left)

    async def until_decided(self, interrupt: Interrupt, index: int) -> None:
        """Wait until the request has its decision, or is no longer asked."""
        with self._signals.watch(interrupt.run_id) as watch:
            while True:
                now = await self._store.interrupts.get(interrupt.interrupt_id)
                if not now.status.open or now.round != interrupt.round or now.decided(index):
                    return
                await watch.next(_LONG)

    def doing(self, run: Run) -> str:
        """Return which node or tool of the run runs now, empty where this process does not know."""
        return self._signals.doing(run.run_id)
