"""The composition root: where the parts of one process are made, put together and closed."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.access import Access
from interrupt_mcp.agents import Agents
from interrupt_mcp.agents.fitting import check_names, check_patterns
from interrupt_mcp.authority import this_user
from interrupt_mcp.config import Settings
from interrupt_mcp.config.in_force import InForce
from interrupt_mcp.words import AuthMode, InboxMode

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.channels.calling import Place
    from interrupt_mcp.channels.inbox import Inbox
    from interrupt_mcp.driving.driver import Driver
    from interrupt_mcp.driving.onlooker import Onlooker
    from interrupt_mcp.engine.port import Engine
    from interrupt_mcp.peers.local import LocalPeers
    from interrupt_mcp.peers.pages import PagesOf
    from interrupt_mcp.runs.project import Project
    from interrupt_mcp.runs.runs import Runs
    from interrupt_mcp.store.port import Database, Store
    from interrupt_mcp.store.records import ClaimedRun

ServePages: TypeAlias = "Callable[[PagesOf], Awaitable[None]]"
"""Has the pages served, by this process unless another one does, and returns once they are."""
log = logging.getLogger(__name__)
VERSION = version("interrupt-mcp")
_LEAVING_SECONDS = 0.8
"""How long letting runs go may take: a client kills a server two seconds after it closed its input."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """All that is made when something first needs the store."""

    peers: "LocalPeers"
    store: "Store"
    driver: "Driver"
    engine: "Engine"
    project: "Project"
    inbox: "Inbox"
    calling: "Place"


class App:
    """One process's agents, store and engine. The store is opened when something first needs it."""

    def __init__(
        self, settings: Settings, agents: Agents, tasks: TaskGroup, stack: AsyncExitStack, onlooker: "Onlooker | None"
    ) -> None:
        """`tasks` carries the runs; `stack` closes what is opened, after they have ended."""
        self.settings = settings
        self.agents = agents
        self._tasks = tasks
        self._stack = stack
        self._onlooker = onlooker
        self._opening = anyio.Lock()
        self._opening_memory = anyio.Lock()
        self._opened: _Opened | None = None
        self._agent_memory: BaseStore | None = None
        self._serve_pages: ServePages | None = None
        self._leaving: float | None = None
        """By when runs must be let go, on the event loop's clock."""

    async def project(self) -> "Project":
        """Return the use cases of whoever calls, and what is done for all of them.

        Raises:
            Unavailable: the database cannot be used; the next call tries again.
        """
        return (await self._open()).project

    async def runs(self) -> "Runs":
        """Return the use cases of the system's user.

        Raises:
            Unavailable: the database cannot be used; the next call tries again.
        """
        return await self.runs_of(this_user())

    async def runs_of(self, access: Access) -> "Runs":
        """Return the use cases of one who calls.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self.project()).of(access)

    async def store(self) -> "Store":
        """Return the store, for those who only read.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._open()).store

    def serve_pages(self, serve: "ServePages") -> None:
        """From here on, have pages served by this where no other process serves them, and people called to them.

        To be said before anything needs the store.
        """
        self._serve_pages = serve

    async def inbox(self) -> "Inbox":
        """Return the pages, as this process reaches people by them.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._open()).inbox

    async def calling(self) -> "Place":
        """Return what is needed to sign somebody in at the pages.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._open()).calling

    async def pages(self) -> "PagesOf":
        """Return who serves the pages.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._open()).peers.pages

    async def take_up(self) -> None:
        """Serve the project: go on with runs whose process is gone, now and whenever one goes.

        Raises:
            Unavailable: the database cannot be used.
        """
        opened = await self._open()
        opened.peers.serve()
        opened.project.serve()
        await opened.peers.look(opened.project.look_again)

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

    @property
    def leaving(self) -> bool:
        """Whether it takes no more runs, and leaves."""
        return self._leaving is not None

    def begin_leaving(self) -> None:
        """Take no more runs, stop those that are driven at their next step, and answer calls that wait for one."""
        if self._leaving is None:
            self._leaving = anyio.current_time() + _LEAVING_SECONDS
        if self._opened is not None:
            self._opened.peers.leave()
            self._opened.engine.begin_draining()
            self._opened.driver.let_go()
            self._opened.project.wake()

    async def leave(self) -> None:
        """Let all runs go: they go on where they stopped, in the next process."""
        self.begin_leaving()
        if self._opened is not None and self._leaving is not None:
            await self._opened.engine.drain(self._leaving - anyio.current_time())
        self._tasks.cancel_scope.cancel()

    def settle(self, seconds: float) -> None:
        """Wait until what is being written is on disk, at most so long; from any thread."""
        if self._opened is not None:
            self._opened.store.settle(seconds)

    async def _open(self) -> _Opened:
        async with self._opening:
            if self._opened is None:
                async with AsyncExitStack() as stack:
                    opened = await self._open_in(stack)
                    self._tasks.start_soon(opened.peers.watch, partial(_look_again, opened))
                    self._opened = opened
                    self._stack.push_async_callback(stack.pop_all().aclose)
            return self._opened

    async def _open_in(self, stack: AsyncExitStack) -> _Opened:
        """Open the store and make all that needs it, to be closed by `stack`.

        The modules are imported only now: a client waits for the process to start, and need not wait for them.
        """
        path, project = self.settings.database_path, self.settings.project
        opened = await anyio.to_thread.run_sync(_open_database, path)
        from interrupt_mcp.driving.driver import Driver
        from interrupt_mcp.driving.previews import Previews
        from interrupt_mcp.driving.wakeups import Signals
        from interrupt_mcp.engine.local import LocalEngine
        from interrupt_mcp.peers.local import joined
        from interrupt_mcp.runs.clients import Clients
        from interrupt_mcp.runs.inputs import Inputs
        from interrupt_mcp.runs.parts import Parts
        from interrupt_mcp.runs.project import Project
        from interrupt_mcp.runs.takeover import Takeover
        from interrupt_mcp.store.records import Reach

        stack.callback(opened.close)
        peers = await stack.enter_async_context(joined(path, project, self._tasks))
        store = opened.store(Reach(project), peers.name)
        signals = Signals(peers.wake)
        policy = InForce(self.settings)
        place, inbox = await self._reach_people(store, policy, peers)
        previews = Previews(self.agents, policy)
        driver = Driver(
            store,
            self.agents,
            partial(self._open_agent_memory, store),
            signals,
            self.settings.run_timeout,
            self.settings.keep_checkpoints,
            policy,
            peers.lives_elsewhere,
            previews,
            self._onlooker,
        )

        async def drive(claimed: "ClaimedRun") -> None:
            await driver.drive(claimed)
            self._tasks.start_soon(inbox.driven, claimed.run.run_id)

        def whose(claimed: "ClaimedRun") -> str:
            return str(claimed.run.principal)

        engine = LocalEngine(self._tasks, driver.claim, drive, self.settings.max_runs, whose)
        parts = Parts(
            project=project,
            auth=self.settings.auth,
            store=store,
            agents=self.agents,
            engine=engine,
            signals=signals,
            policy=policy,
            peers=peers,
            people=inbox,
            previews=previews,
            takeover=Takeover(store, engine, peers),
            clients=Clients(store),
            inputs=Inputs(),
        )
        return _Opened(peers, store, driver, engine, Project(parts), inbox, place)

    async def _reach_people(self, store: "Store", policy: InForce, peers: "LocalPeers") -> "tuple[Place, Inbox]":
        from interrupt_mcp.channels.calling import Calls, Place, handing_folder
        from interrupt_mcp.channels.inbox import Inbox, Reached
        from interrupt_mcp.channels.keys import Keys
        from interrupt_mcp.presence.desktop import desktop
        from interrupt_mcp.runs.queries import Queries
        from interrupt_mcp.store.opening import secret_of
        from interrupt_mcp.store.records import Reach

        path, project = self.settings.database_path, self.settings.project
        found = None
        if self._serve_pages is not None and self.settings.inbox is InboxMode.AUTO:
            found = await anyio.to_thread.run_sync(desktop)
        keys = Keys(await anyio.to_thread.run_sync(secret_of, path), project)
        shared, pages = self.settings.auth is not AuthMode.NONE, peers.pages
        reached = Reached(self.settings.inbox, found is not None, shared, lambda: pages.url)
        place = Place(handing_folder(path), lambda: pages.address, keys, store.sessions, lambda: pages.url)
        serve = None if self._serve_pages is None else partial(self._serve_pages, pages)
        queries = Queries(store, policy, reached.ways)
        own = Queries(store.within(Reach(project, this_user().principal)), policy, reached.ways)
        calls = Calls(self._tasks, place, found, own)
        return place, Inbox(reached, keys, store.sessions, store.tokens, queries, serve, calls.begin)

    async def _open_agent_memory(self, store: "Store") -> "BaseStore":
        """Return LangGraph's store for agents, opened when the first agent runs."""
        async with self._opening_memory:
            if self._agent_memory is None:
                memory = store.agent_memory(self.agents.store_config())
                self._agent_memory = await self._stack.enter_async_context(memory)
            return self._agent_memory


async def _look_again(opened: _Opened) -> None:
    await opened.project.look_again()
    await opened.inbox.look_again()


def _open_database(path: Path) -> "Database":
    from interrupt_mcp.store.opening import open_database

    return open_database(path)


def _warn_of_people(settings: Settings) -> None:
    """Warn where policy says who decides, and that cannot be or cannot be known."""
    policy = settings.rules
    agents = ["", *policy.agents]
    if any(rule.deciders or rule.require_other_person for agent in agents for rule in policy.tools_of(agent)):
        from interrupt_mcp.views.people_warnings import people_warnings

        for said in people_warnings(policy, agents, settings.auth):
            log.warning("%s", said)


@asynccontextmanager
async def running(settings: Settings, onlooker: "Onlooker | None" = None) -> AsyncIterator[App]:
    """Run one process's app within this context, and tell the `onlooker` of its runs; in the end, close all of it."""
    async with AsyncExitStack() as stack:
        agents = await stack.enter_async_context(
            Agents(settings.config_path, settings.offers, loaded=partial(check_patterns, settings.policy))
        )
        check_names(settings.policy, agents)
        _warn_of_people(settings)
        async with anyio.create_task_group() as tasks:
            app = App(settings, agents, tasks, stack, onlooker)
            try:
                yield app
            finally:
                await app.leave()
