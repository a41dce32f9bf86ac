"""A worker's parts: its agents, the store, and the engine that drives. Nobody calls it, and nobody decides here."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.access import Access
from interrupt_mcp.app.drives import Drives, Joined, by_this_process, join
from interrupt_mcp.app.loading import agents_of
from interrupt_mcp.app.memory import AgentMemory
from interrupt_mcp.config import Settings
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.errors import Error

if TYPE_CHECKING:
    from interrupt_mcp.driving.onlooker import Onlooker
    from interrupt_mcp.runs.inquiries import AgentSide
    from interrupt_mcp.workers.answering import Telling

_LEAVING_SECONDS = 0.8
"""How long letting runs go may take: who started it kills it soon after."""


class Working:
    """One worker process's parts."""

    def __init__(
        self, settings: Settings, joined: Joined, drives: Drives, served: frozenset[str], tasks: TaskGroup
    ) -> None:
        self._settings = settings
        self._joined = joined
        self._drives = drives
        self._served = served
        self._tasks = tasks
        self.engine = drives.engine
        self.signals = joined.signals

    def side_of(self, access: Access) -> "AgentSide":
        """Return the agents' own code, for one who calls."""
        from interrupt_mcp.runs.parts import store_of

        store = store_of(access, self._joined.store, self._settings.project, self._joined.policy())
        return self._drives.side_of(access, store)

    def serve(self) -> None:
        """From the next look on go on with runs that nobody drives, and tell others that the project is served.

        One that has a front drives what that sends it.
        """
        self._drives.takeover.serve(self._served.__contains__)
        self._joined.peers.serve()

    async def look(self) -> None:
        """Look into the store for what other processes changed, or left."""
        await self._joined.peers.look(self._look)

    async def watch(self) -> None:
        """Look whenever another process rings, and once a second; until this is cancelled."""
        await self._joined.peers.watch(self._look)

    async def _look(self) -> None:
        self.signals.look_again(but=self.engine.drives)
        await self._drives.takeover.look_again()

    def settle(self, seconds: float) -> None:
        """Wait until what is being written is on disk, at most so long; from any thread."""
        self._joined.store.runs.release()
        self._joined.store.settle(seconds)

    async def leave(self) -> None:
        """Let all runs go: they go on where they stopped, in another process."""
        self._joined.peers.leave()
        self.engine.begin_draining()
        self._drives.let_go()
        await self.engine.drain(_LEAVING_SECONDS)
        self._tasks.cancel_scope.cancel()


@asynccontextmanager
async def working(
    settings: Settings,
    served: frozenset[str],
    telling: "Telling | None" = None,
    onlooker: "Onlooker | None" = None,
    besides: Policy | None = None,
) -> AsyncIterator[Working]:
    """Be a worker for these agents within this context; `telling` tells its front, where it has one.

    The `onlooker` is told of the runs. `besides` is policy that holds besides that of the settings.
    """
    async with AsyncExitStack() as stack:
        agents = await agents_of(stack, settings)
        memory = AgentMemory(agents, stack)
        announce, told, held = (telling.changed, telling.taken, telling.held) if telling else (None, None, None)
        failed: Error | None = None
        async with anyio.create_task_group() as tasks:
            try:
                joined = await join(stack, settings, tasks, announce, besides)
            except Error as error:
                # Raised in here it would leave as a group of errors.
                failed = error
                tasks.cancel_scope.cancel()
            else:
                stack.push_async_callback(joined.release)
                serves = served.__contains__
                drives = by_this_process(
                    joined, settings, agents, tasks, memory.open, onlooker, told=told, held=held, serves=serves
                )
                working = Working(settings, joined, drives, served, tasks)
                try:
                    yield working
                finally:
                    await working.leave()
        if failed is not None:
            raise failed
