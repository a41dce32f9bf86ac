"""What one process opens when something first needs the store, put together.

The modules are imported only then: a client waits for the process to start, and need not wait for them.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.agents import Agents
from interrupt_mcp.app.drives import Drives, Joined, OpenMemory, by_this_process, by_workers, join
from interrupt_mcp.authority import this_user
from interrupt_mcp.config import Settings
from interrupt_mcp.words import InboxMode

if TYPE_CHECKING:
    from interrupt_mcp.channels.calling import Place
    from interrupt_mcp.channels.inbox import Inbox
    from interrupt_mcp.driving.onlooker import Onlooker
    from interrupt_mcp.model import RunId
    from interrupt_mcp.peers.pages import PagesOf
    from interrupt_mcp.runs.project import Project
    from interrupt_mcp.workers.fleet import Fleet

ServePages: TypeAlias = "Callable[[PagesOf], Awaitable[None]]"
"""Has the pages served, by this process unless another one does, and returns once they are."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What those who call and those who decide are let in by."""

    project: "Project"
    inbox: "Inbox"
    calling: "Place"


@dataclass(frozen=True, slots=True)
class Opened:
    """All that is made when something first needs the store."""

    joined: Joined
    drives: Drives
    doors: Doors

    async def look_again(self) -> None:
        """Notice what another process changed, or left."""
        self.drives.look()
        await self.doors.project.look_again()
        await self.doors.inbox.look_again()


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
    fleet: "Fleet | None"
    """The workers that drive; without them this process does."""

    async def into(self, stack: AsyncExitStack) -> Opened:
        """Open the store and make all that needs it, to be closed by `stack`."""
        joined = await join(stack, self.settings, self.tasks)
        place, inbox = await self._reach_people(joined)

        def driven(run_id: "RunId") -> None:
            self.tasks.start_soon(inbox.driven, run_id)

        if self.fleet is not None:
            drives = by_workers(joined, self.settings, self.fleet, driven)
        else:
            drives = by_this_process(
                joined,
                self.settings,
                self.agents,
                self.tasks,
                self.open_memory,
                self.onlooker,
                driven,
                queue=joined.store.queue,
            )
        # First of all that closes, once nothing is driven any more: whoever is woken next finds the runs let go.
        stack.push_async_callback(joined.release)
        return Opened(joined, drives, Doors(self._project(joined, drives, inbox), inbox, place))

    def _project(self, joined: Joined, drives: Drives, inbox: "Inbox") -> "Project":
        from interrupt_mcp.runs.clients import Clients
        from interrupt_mcp.runs.parts import Parts
        from interrupt_mcp.runs.project import Project
        from interrupt_mcp.runs.shares import Shares

        settings = self.settings
        parts = Parts(
            project=settings.project,
            auth=settings.auth,
            store=joined.store,
            side_of=drives.side_of,
            offers=settings.offers,
            engine=drives.engine,
            signals=joined.signals,
            policy=joined.policy,
            peers=joined.peers,
            people=inbox,
            takeover=drives.takeover,
            clients=Clients(joined.store),
            shares=Shares(settings.limits if settings.shared else None, drives.most),
        )
        return Project(parts)

    async def _reach_people(self, joined: Joined) -> "tuple[Place, Inbox]":
        from interrupt_mcp.channels.calling import Calls, Place, handing_folder
        from interrupt_mcp.channels.inbox import Inbox, Reached
        from interrupt_mcp.channels.keys import Keys
        from interrupt_mcp.presence.desktop import desktop
        from interrupt_mcp.runs.queries import Queries
        from interrupt_mcp.store.opening import secret_of
        from interrupt_mcp.store.records import Reach

        store, policy, pages = joined.store, joined.policy, joined.peers.pages
        address, project = self.settings.database, self.settings.project
        found = None
        if self.serve_pages is not None and self.settings.inbox is InboxMode.AUTO:
            found = await anyio.to_thread.run_sync(desktop)
        keys = Keys(await anyio.to_thread.run_sync(secret_of, address), project)
        reached = Reached(self.settings.inbox, found is not None, self.settings.shared, lambda: pages.url)
        place = Place(handing_folder(address.beside), lambda: pages.address, keys, store.sessions, lambda: pages.url)
        serve = None if self.serve_pages is None else partial(self.serve_pages, pages)
        queries = Queries(store, policy, reached.ways)
        own = Queries(store.within(Reach(project, this_user().principal)), policy, reached.ways)
        calls = Calls(self.tasks, place, found, own)
        return place, Inbox(reached, keys, store.sessions, store.tokens, queries, serve, calls.begin)
