"""The composition root: everything of one process, put together, for as long as it is entered."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.agents import Agents
from interrupt_mcp.config import Settings
from interrupt_mcp.engine import Doorbell, LocalEngine, Owner
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.model import Approver
from interrupt_mcp.runs.driver import Driver
from interrupt_mcp.runs.service import Runs
from interrupt_mcp.runs.signals import Signals
from interrupt_mcp.store import Database, Store

if TYPE_CHECKING:
    import aiosqlite

log = logging.getLogger(__name__)
VERSION = version("interrupt-mcp")
_WATCH_SECONDS = 1.0
"""How often a serving process looks whether another one is gone. A look is one indexed read."""
_LEAVING_SECONDS = 0.8
"""What is left for letting runs go: a client kills a server two seconds after it closed its input."""


class App:
    """One process's agents, store and engine. The store is opened when something first needs it."""

    def __init__(self, settings: Settings, agents: Agents, tasks: TaskGroup, stack: AsyncExitStack) -> None:
        """`tasks` carries the runs; `stack` closes what is opened, after they have ended."""
        self.settings = settings
        self.agents = agents
        self._tasks = tasks
        self._stack = stack
        self._opening = anyio.Lock()
        self._reading = anyio.Lock()
        owners = settings.database_path.parent / "owners"
        self._owner = Owner(owners)
        self._doorbell = Doorbell(owners, self._owner.name)
        self._runs: Runs | None = None
        self._engine: LocalEngine | None = None
        self._driver: Driver | None = None
        self._store: Store | None = None
        self._reader: aiosqlite.Connection | None = None

    async def runs(self) -> Runs:
        """The use cases.

        Raises:
            Unavailable: the database cannot be used; the next call tries again.
        """
        async with self._opening:
            if self._runs is None:
                self._runs = await self._open()
            return self._runs

    async def store(self) -> Store:
        """The store, for those who only look."""
        await self.runs()
        assert self._store is not None
        return self._store

    async def take_up(self) -> None:
        """Serve the project: go on with runs whose process is gone, now and whenever one goes.

        Raises:
            Unavailable: the database cannot be used.
        """
        runs = await self.runs()
        await self._doorbell.listen(self._tasks, partial(self._look_again, runs))
        self._tasks.start_soon(self._watch, runs)

    async def leave(self) -> None:
        """Let all runs go: they go on where they stopped, in the next process."""
        if self._engine is not None and self._driver is not None:
            await self._engine.drain(self._driver.let_go, _LEAVING_SECONDS)
        self._tasks.cancel_scope.cancel()

    def settle(self, seconds: float) -> None:
        """What is being written is on disk when this returns, at most so long; from any thread."""
        if self._store is not None:
            self._store.database.settle(seconds)

    async def _watch(self, runs: Runs) -> None:
        while True:
            self._look_again(runs)
            await anyio.sleep(_WATCH_SECONDS)

    def _look_again(self, runs: Runs) -> None:
        runs.look_again()
        try:
            count = runs.take_up(self._elsewhere)
        except Unavailable as error:
            log.error("%s", error)
            return
        if count:
            log.info("%d runs whose process is gone go on here", count)

    async def _open(self) -> Runs:
        database = await anyio.to_thread.run_sync(Database, self.settings.database_path)
        self._stack.callback(database.close)
        self._owner.hold()
        self._stack.callback(self._owner.release)
        self._stack.callback(self._doorbell.remove)
        store = self._store = Store(database, self.settings.project, self._owner.name)
        signals = Signals(self._doorbell.ring)
        driver = self._driver = Driver(
            store,
            self.agents,
            partial(self._open_reader, database),
            signals,
            self.settings.run_timeout,
            self.settings.keep_checkpoints,
            self._elsewhere,
        )
        engine = self._engine = LocalEngine(self._tasks, driver.drive)
        return Runs(store, self.agents, engine, signals, Approver(self.settings.approver))

    async def _open_reader(self, database: Database) -> "aiosqlite.Connection":
        from interrupt_mcp.store.checkpointer import reading

        async with self._reading:
            if self._reader is None:
                self._reader = await self._stack.enter_async_context(reading(database))
            return self._reader

    def _elsewhere(self, owner: str) -> bool:
        return owner != self._owner.name and self._owner.alive(owner)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[App]:
    """The app, and in the end the close of all that it opened, last opened first."""
    async with AsyncExitStack() as stack:
        agents = await stack.enter_async_context(Agents(settings.config_path))
        async with anyio.create_task_group() as tasks:
            app = App(settings, agents, tasks, stack)
            try:
                yield app
            finally:
                await app.leave()
