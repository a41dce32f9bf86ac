"""The composition root: where the parts of one process are made, put together and closed."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.access import Access
from interrupt_mcp.agents import Agents
from interrupt_mcp.app.loading import agents_of
from interrupt_mcp.app.memory import AgentMemory
from interrupt_mcp.app.opening import Opened, Opening, ServePages
from interrupt_mcp.authority import this_user
from interrupt_mcp.config import Settings
from interrupt_mcp.distribution import version
from interrupt_mcp.workers.environments import groups as groups_of

if TYPE_CHECKING:
    from interrupt_mcp.agents import AgentCard
    from interrupt_mcp.agents.catalog import Catalog
    from interrupt_mcp.channels.calling import Place
    from interrupt_mcp.channels.inbox import Inbox
    from interrupt_mcp.driving.onlooker import Onlooker
    from interrupt_mcp.identity.provider import Provider
    from interrupt_mcp.peers.pages import PagesOf
    from interrupt_mcp.runs.project import Project
    from interrupt_mcp.runs.runs import Runs
    from interrupt_mcp.store.port import Store
    from interrupt_mcp.workers.environments import Group
    from interrupt_mcp.workers.fleet import Fleet

log = logging.getLogger(__name__)
VERSION = version()
_LEAVING_SECONDS = 0.8
"""How long letting runs go may take: a client kills a server two seconds after it closed its input."""


class App:
    """One process's agents, store and engine. The store is opened when something first needs it."""

    def __init__(
        self, settings: Settings, agents: Agents, tasks: TaskGroup, stack: AsyncExitStack, onlooker: "Onlooker | None"
    ) -> None:
        """`tasks` carries the runs; `stack` closes what is opened, after they have ended."""
        self.settings = settings
        self.agents: Catalog = agents
        """How agents are offered."""
        self._loaded = agents
        self._fleet: Fleet | None = None
        self._tasks = tasks
        self._stack = stack
        self._onlooker = onlooker
        self._opening = anyio.Lock(fast_acquire=True)
        self._opened: Opened | None = None
        self._memory = AgentMemory(agents, stack)
        self._serve_pages: ServePages | None = None
        self._leaving: float | None = None
        """By when runs must be let go, on the event loop's clock."""

    async def project(self) -> "Project":
        """Return the use cases of whoever calls, and what is done for all of them.

        Raises:
            Unavailable: the database cannot be used; the next call tries again.
        """
        return (await self._open()).doors.project

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
        return (await self._open()).joined.store

    def leave_to_workers(self, groups: "Sequence[Group]") -> None:
        """Leave agents and runs to workers, of which this process starts these. To be said before anything else."""
        from interrupt_mcp.app.front import fleet_of

        self._fleet, self.agents = fleet_of(self.settings, groups, self._loaded, self._tasks)

    def start_workers(self) -> None:
        """Start the workers, if there are to be some and they are not started."""
        if self._fleet is not None:
            self._fleet.begin()

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
        return (await self._open()).doors.inbox

    async def calling(self) -> "Place":
        """Return what is needed to sign somebody in at the pages.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._open()).doors.calling

    async def pages(self) -> "PagesOf":
        """Return who serves the pages.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._open()).joined.peers.pages

    @cached_property
    def provider(self) -> "Provider | None":
        """The OpenID provider of the settings, asked by all of this process as one; none where they name none."""
        if self.settings.oauth is None:
            return None
        from interrupt_mcp.identity.provider import Provider

        return Provider(self.settings.oauth)

    async def take_up(self) -> None:
        """Serve the project: go on with runs whose process is gone, now and whenever one goes.

        Raises:
            Unavailable: the database cannot be used.
        """
        opened = await self._open()
        peers, project = opened.joined.peers, opened.doors.project
        peers.serve()
        project.serve()
        await peers.look(project.look_again)

    async def preview_faults(self, card: "AgentCard") -> Sequence[str]:
        """Return a sentence for each preview that policy names for the agent's tools, and that cannot be loaded."""
        if card.preview_faults is not None:
            return card.preview_faults
        return await self._loaded.named.faults(self.settings.policy.previews_of(card.name))

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
            self._opened.joined.peers.leave()
            self._opened.drives.engine.begin_draining()
            self._opened.drives.let_go()
            self._opened.doors.project.wake()
        elif self._fleet is not None:
            self._fleet.leave()

    async def leave(self) -> None:
        """Let all runs go: they go on where they stopped, in the next process."""
        self.begin_leaving()
        if self._opened is not None and self._leaving is not None:
            await self._opened.drives.engine.drain(self._leaving - anyio.current_time())
        self._tasks.cancel_scope.cancel()

    def settle(self, seconds: float) -> None:
        """Let runs go that do not end, and wait until what is being written is on disk, at most so long.

        From any thread, as the process is about to end.
        """
        if self._opened is not None:
            self._opened.joined.store.runs.release()
            self._opened.joined.store.settle(seconds)

    async def _open(self) -> Opened:
        async with self._opening:
            if self._opened is None:
                async with AsyncExitStack() as stack:
                    opened = await self._to_open().into(stack)
                    self._tasks.start_soon(opened.joined.peers.watch, opened.look_again)
                    self._opened = opened
                    self._stack.push_async_callback(stack.pop_all().aclose)
            return self._opened

    def _to_open(self) -> Opening:
        self.start_workers()
        return Opening(
            self.settings,
            self._loaded,
            self._tasks,
            self._memory.open,
            self._serve_pages,
            self._onlooker,
            self._fleet,
        )


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
    """Run one process's app within this context; in the end, close all of it.

    An `onlooker` is told of the runs, which this process drives itself then.

    Raises:
        ConfigError: policy or the settings name what cannot be.
    """
    async with AsyncExitStack() as stack:
        agents = await agents_of(stack, settings)
        _warn_of_people(settings)
        # Raised further in, an error would leave as a group of errors.
        groups = groups_of(settings, agents) if onlooker is None else ()
        async with anyio.create_task_group() as tasks:
            app = App(settings, agents, tasks, stack, onlooker)
            if groups:
                app.leave_to_workers(groups)
            try:
                yield app
            finally:
                await app.leave()
