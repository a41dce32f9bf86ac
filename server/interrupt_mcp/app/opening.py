"""What one process opens when something first needs the store, put together.

The modules are imported only then: a client waits for the process to start, and need not wait for them.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.agents import Agents
from interrupt_mcp.authority import this_user
from interrupt_mcp.config import Settings
from interrupt_mcp.config.in_force import InForce
from interrupt_mcp.errors import Error
from interrupt_mcp.words import InboxMode

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
    from interrupt_mcp.store.port import Database, Store
    from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)
ServePages: TypeAlias = "Callable[[PagesOf], Awaitable[None]]"
"""Has the pages served, by this process unless another one does, and returns once they are."""
OpenMemory: TypeAlias = "Callable[[Store], Awaitable[BaseStore]]"
"""Opens LangGraph's store for agents."""


@dataclass(frozen=True, slots=True)
class Opened:
    """All that is made when something first needs the store."""

    peers: "LocalPeers"
    store: "Store"
    driver: "Driver"
    engine: "Engine"
    project: "Project"
    inbox: "Inbox"
    calling: "Place"


@dataclass(frozen=True, slots=True)
class Opening:
    """What it takes to open all that."""

    settings: Settings
    agents: Agents
    tasks: TaskGroup
    """Carries the runs."""
    open_memory: OpenMemory
    serve_pages: "ServePages | None"
    """Without it this process serves no pages, and calls nobody to them."""
    onlooker: "Onlooker | None"

    async def into(self, stack: AsyncExitStack) -> Opened:
        """Open the store and make all that needs it, to be closed by `stack`."""
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
        from interrupt_mcp.runs.shares import Shares
        from interrupt_mcp.runs.takeover import Takeover
        from interrupt_mcp.store.records import Reach

        stack.callback(opened.close)
        peers = await stack.enter_async_context(joined(path, project, self.tasks))
        store = opened.store(Reach(project), peers.name)
        signals = Signals(peers.wake)
        policy = InForce(self.settings)
        place, inbox = await self._reach_people(store, policy, peers)
        previews = Previews(self.agents, policy)
        driver = Driver(
            store,
            self.agents,
            partial(self.open_memory, store),
            signals,
            self.settings.run_timeout,
            self.settings.keep_checkpoints,
            policy,
            peers.lives_elsewhere,
            previews,
            self.onlooker,
        )

        async def drive(claimed: "ClaimedRun") -> None:
            await driver.drive(claimed)
            self.tasks.start_soon(inbox.driven, claimed.run.run_id)

        def whose(claimed: "ClaimedRun") -> str:
            return str(claimed.run.principal)

        engine = LocalEngine(self.tasks, driver.claim, drive, self.settings.max_runs, whose, store.runs.got_on)
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
            shares=Shares(self.settings.limits if self.settings.shared else None, self.settings.max_runs),
        )
        # First of all that closes, once nothing is driven any more: whoever is woken next finds the runs let go.
        stack.push_async_callback(_release, store)
        return Opened(peers, store, driver, engine, Project(parts), inbox, place)

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
        if self.serve_pages is not None and self.settings.inbox is InboxMode.AUTO:
            found = await anyio.to_thread.run_sync(desktop)
        keys = Keys(await anyio.to_thread.run_sync(secret_of, path), project)
        pages = peers.pages
        reached = Reached(self.settings.inbox, found is not None, self.settings.shared, lambda: pages.url)
        place = Place(handing_folder(path), lambda: pages.address, keys, store.sessions, lambda: pages.url)
        serve = None if self.serve_pages is None else partial(self.serve_pages, pages)
        queries = Queries(store, policy, reached.ways)
        own = Queries(store.within(Reach(project, this_user().principal)), policy, reached.ways)
        calls = Calls(self.tasks, place, found, own)
        return place, Inbox(reached, keys, store.sessions, store.tokens, queries, serve, calls.begin)


async def _release(store: "Store") -> None:
    """Let go what this process still owns, so that it is not taken to have died with it."""
    from interrupt_mcp.concurrency.futures import result_of

    with anyio.CancelScope(shield=True):
        try:
            if any(each.owner == store.owner for each in await store.runs.in_flight()):
                await result_of(store.runs.release())
        except Error as error:
            log.warning("%s", error)


def _open_database(path: Path) -> "Database":
    from interrupt_mcp.store.opening import open_database

    return open_database(path)
