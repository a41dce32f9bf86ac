"""The composition root: everything of one process, put together, for as long as it is entered."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.agents import Agent, Agents
from interrupt_mcp.config import SETTINGS_FILE, Settings
from interrupt_mcp.config.in_force import InForce
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.errors import ConfigError, Error, Unavailable

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.driving.driver import Driver
    from interrupt_mcp.engine.local import LocalEngine
    from interrupt_mcp.peers.doorbell import Doorbell
    from interrupt_mcp.peers.owner import Owner
    from interrupt_mcp.runs.runs import Runs
    from interrupt_mcp.store.port import Store

log = logging.getLogger(__name__)
VERSION = version("interrupt-mcp")
_WATCH_SECONDS = 1.0
"""How often a process looks whether another one is gone, or rang in vain. A look is one indexed read."""
_PAUSE_SECONDS = 0.02
"""Between two looks, so that many rings at once are one."""
_LEAVING_SECONDS = 0.8
"""What is left for letting runs go: a client kills a server two seconds after it closed its input."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What there is once something needed the store."""

    owner: "Owner"
    doorbell: "Doorbell"
    store: "Store"
    driver: "Driver"
    engine: "LocalEngine"
    runs: "Runs"


class App:
    """One process's agents, store and engine. The store is opened when something first needs it."""

    def __init__(self, settings: Settings, agents: Agents, tasks: TaskGroup, stack: AsyncExitStack) -> None:
        """`tasks` carries the runs; `stack` closes what is opened, after they have ended."""
        self.settings = settings
        self.agents = agents
        self._tasks = tasks
        self._stack = stack
        self._opening = anyio.Lock()
        self._remembering = anyio.Lock()
        self._opened: _Opened | None = None
        self._agent_memory: BaseStore | None = None
        self._leaving: float | None = None

    @property
    def _owners(self) -> Path:
        from interrupt_mcp.peers.owner import beside

        return beside(self.settings.database_path)

    async def runs(self) -> "Runs":
        """The use cases.

        Raises:
            Unavailable: the database cannot be used; the next call tries again.
        """
        return (await self._open()).runs

    async def store(self) -> "Store":
        """The store, for those who only look."""
        return (await self._open()).store

    async def take_up(self) -> None:
        """Serve the project: go on with runs whose process is gone, now and whenever one goes.

        Raises:
            Unavailable: the database cannot be used.
        """
        opened = await self._open()
        with _writing(self._owners):
            opened.doorbell.tell(self.settings.project)
        opened.runs.serve()
        await _look_again(opened)

    async def delete_old_threads(self) -> None:
        """Delete what the settings say is too old to keep.

        Raises:
            Unavailable: the database cannot be used.
        """
        if self.settings.keep_threads is None:
            return
        from interrupt_mcp.store.records import days_ago

        days = self.settings.keep_threads
        deleted = await (await self.store()).threads.delete(days_ago(days))
        log.info("%d threads are deleted: nothing was open there or new in %g days", len(deleted), days)

    def begin_leaving(self) -> None:
        """Take no more runs, stop those there are at their next step, and answer those who wait for one."""
        if self._leaving is None:
            self._leaving = anyio.current_time() + _LEAVING_SECONDS
        if self._opened is not None:
            with suppress(OSError):
                self._opened.doorbell.tell("")
            self._opened.engine.refuse()
            self._opened.driver.let_go()
            self._opened.runs.wake()

    async def leave(self) -> None:
        """Let all runs go: they go on where they stopped, in the next process."""
        self.begin_leaving()
        if self._opened is not None and self._leaving is not None:
            await self._opened.engine.drain(self._leaving - anyio.current_time())
        self._tasks.cancel_scope.cancel()

    def settle(self, seconds: float) -> None:
        """What is being written is on disk when this returns, at most so long; from any thread."""
        if self._opened is not None:
            self._opened.store.settle(seconds)

    async def _open(self) -> _Opened:
        async with self._opening:
            if self._opened is None:
                async with AsyncExitStack() as stack:
                    opened = await self._opened_in(stack)
                    self._tasks.start_soon(_watch, opened)
                    self._opened = opened
                    self._stack.push_async_callback(stack.pop_all().aclose)
            return self._opened

    async def _opened_in(self, stack: AsyncExitStack) -> _Opened:
        """All that is needed only now is imported only now: a client waits for the start, and not for this."""
        from interrupt_mcp.peers.owner import Owner
        from interrupt_mcp.store.opening import open_store
        from interrupt_mcp.store.records import Reach

        owner = Owner(self._owners)
        reach = Reach(self.settings.project)
        store = await anyio.to_thread.run_sync(open_store, self.settings.database_path, reach, owner.name)
        from interrupt_mcp.driving.driver import Driver
        from interrupt_mcp.driving.signals import Signals
        from interrupt_mcp.engine.local import LocalEngine
        from interrupt_mcp.peers.doorbell import Doorbell
        from interrupt_mcp.peers.neighbours import Neighbours
        from interrupt_mcp.runs.runs import Runs

        stack.callback(store.close)
        doorbell = Doorbell(self._owners, owner.name)
        stack.callback(doorbell.close)
        with _writing(self._owners):
            owner.hold()
            stack.callback(owner.release)
            owner.clear()
            await doorbell.listen(self._tasks)
        neighbours = Neighbours(owner, doorbell, self.settings.project)
        signals = Signals(neighbours.wake)
        policy = InForce(self.settings)
        driver = Driver(
            store,
            self.agents,
            partial(self._agent_memory_in, store),
            signals,
            self.settings.run_timeout,
            self.settings.keep_checkpoints,
            policy,
            neighbours.drives,
        )
        engine = LocalEngine(self._tasks, driver.drive, self.settings.max_runs)
        runs = Runs(store, self.agents, engine, signals, policy, neighbours)
        return _Opened(owner, doorbell, store, driver, engine, runs)

    async def _agent_memory_in(self, store: "Store") -> "BaseStore":
        """LangGraph's store, for the first agent that runs."""
        async with self._remembering:
            if self._agent_memory is None:
                memory = store.agent_memory(self.agents.store_config())
                self._agent_memory = await self._stack.enter_async_context(memory)
            return self._agent_memory


async def _watch(opened: _Opened) -> None:
    while True:
        await opened.doorbell.wait(_WATCH_SECONDS)
        await _look_again(opened)
        await anyio.sleep(_PAUSE_SECONDS)


async def _look_again(opened: _Opened) -> None:
    try:
        # Whoever removed the lock file made this process dead to all others.
        opened.owner.hold()
        await opened.runs.look_again()
    except (OSError, Error) as error:
        log.error("%s", error)


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """
    Raises:
        Unavailable: no files can be written there.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{directory} cannot be written: {error}") from error


def check_names(policy: Policy, agents: Agents) -> None:
    """
    Raises:
        ConfigError: policy names an agent that there is not.
    """
    if not policy.agents:
        return
    names = agents.names()
    if unknown := [name for name in policy.agents if name not in names]:
        raise ConfigError(f"`agents.{unknown[0]}` in {SETTINGS_FILE} is no agent; there are {', '.join(names)}")


def check_patterns(policy: Policy, agent: Agent) -> None:
    """Warn of those that fit no tool. Tools of agents inside tools are not seen, so it may be right all the same."""
    for pattern in policy.unmatched(agent.name, agent.tools):
        place = f'agents.{agent.name}.tools."{pattern}"'
        log.warning("`%s` in %s fits no tool that the agent shows; check the name", place, SETTINGS_FILE)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[App]:
    """The app, and in the end the close of all that it opened, last opened first."""
    async with AsyncExitStack() as stack:
        agents = await stack.enter_async_context(
            Agents(settings.config_path, loaded=partial(check_patterns, settings.policy))
        )
        check_names(settings.policy, agents)
        async with anyio.create_task_group() as tasks:
            app = App(settings, agents, tasks, stack)
            try:
                yield app
            finally:
                await app.leave()
