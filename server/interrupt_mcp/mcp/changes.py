"""Telling clients that a resource they watch has changed, in both ways of the protocol.

Clients of protocol revision 2026-07-28 and later listen on a stream of their own, which the bus feeds. Those of earlier
revisions subscribe to one resource after the other, and are told in notifications of their session. The store is not
read before somebody watches.
"""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup
from mcp.server.connection import Connection
from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated
from mcp.shared.exceptions import MCPError
from mcp_types import (
    EmptyResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    UnsubscribeRequestParams,
)

from interrupt_mcp import authority
from interrupt_mcp.errors import Busy, Error
from interrupt_mcp.mcp.caller import Callers
from interrupt_mcp.mcp.faults import SERVER_ERROR, as_protocol_errors, invalid, short
from interrupt_mcp.mcp.permitted import needed
from interrupt_mcp.mcp.tool_context import RunsOf
from interrupt_mcp.mcp.uris import PENDING, is_ours, run_uri, thread_uri
from interrupt_mcp.model import Access
from interrupt_mcp.model.thread_ids import name_of

if TYPE_CHECKING:
    from interrupt_mcp.runs.changes import Change

log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 1.0
"""How long one client that does not read may hold up the others."""
_RETRY_SECONDS = 5
"""When to try again, for a client that is refused, and for us where the store cannot be used."""
_MOST_EACH = 200
"""Resources that one connection, or one stream, may watch."""
_MOST = 20_000
"""Resources that all connections may watch together."""
_MOST_STREAMS = 1000
"""Streams that may be open at once."""
Request = ServerRequestContext[Any, Any]


class Audience:
    """Those who watch for one caller, and so are told of the same changes."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.since = datetime.now(UTC)
        """What happened before is told to nobody."""
        self.bus = InMemorySubscriptionBus()
        """Feeds the streams of 2026-07-28 and later."""
        self.watching: defaultdict[str, set[Connection]] = defaultdict(set)
        """The connections of earlier revisions that watch a resource."""
        self.members = 0
        """Streams and connections. Where there are none left, nobody is told anything."""
        self.telling = anyio.CancelScope()

    async def told(self, uris: Sequence[str]) -> None:
        """Tell all of them that these resources have changed."""
        for uri in uris:
            await self.bus.publish(ResourceUpdated(uri=uri))
            for connection in list(self.watching.get(uri, ())):
                # So that a client that does not read holds up nobody else for long.
                with anyio.move_on_after(_PATIENCE_SECONDS):
                    await connection.send_resource_updated(uri)


class Changes:
    """What the clients of one server watch, and the telling of it: to each, of what they see."""

    def __init__(self, runs: RunsOf, callers: Callers) -> None:
        self._runs = runs
        self._callers = callers
        self._listening = 0
        self._audiences: dict[Access, Audience] = {}
        self._watched: dict[Connection, tuple[Audience, set[str]]] = {}
        """What each connection of an earlier revision watches, until it ends."""
        self._tasks: TaskGroup | None = None

    async def listen(self, ctx: Request, params: SubscriptionsListenRequestParams) -> SubscriptionsListenResult:
        """Give a client of 2026-07-28 or later the stream that it asks for.

        Raises:
            MCPError: as many streams are open as may be, or what it names is no resource, or is too much.
        """
        uris = params.notifications.resource_subscriptions or ()
        if len(uris) > _MOST_EACH:
            raise invalid(f"{len(uris):,} resources are more than one stream tells of, which is {_MOST_EACH}.")
        for uri in uris:
            _refuse_unknown(uri)
        if self._listening >= _MOST_STREAMS:
            raise _busy(f"{self._listening:,} streams are open, which is as many as this process takes")
        audience = self._join(ctx)
        self._listening += 1
        try:
            return await ListenHandler(audience.bus, max_subscriptions=1)(ctx, params)
        finally:
            self._listening -= 1
            self._leave(audience)

    async def watch(self, ctx: Request, params: SubscribeRequestParams) -> EmptyResult:
        """Watch one resource for a client of an earlier revision, which subscribes to it.

        Raises:
            MCPError: there is no such resource, or as much is watched as may be.
        """
        _refuse_unknown(params.uri)
        connection = ctx.session._connection
        if connection not in self._watched:
            self._watched[connection] = self._join(ctx), set()
            connection.exit_stack.callback(self._forget, connection)
        audience, watched = self._watched[connection]
        if params.uri not in watched:
            self._refuse_more(len(watched))
            watched.add(params.uri)
            # The connection, not the session of this request, which holds all that came with it.
            audience.watching[params.uri].add(connection)
        return EmptyResult()

    async def unwatch(self, ctx: Request, params: UnsubscribeRequestParams) -> EmptyResult:
        """Watch the resource no more for a client of an earlier revision."""
        connection = ctx.session._connection
        if connection in self._watched:
            audience, watched = self._watched[connection]
            watched.discard(params.uri)
            _unwatch(audience, connection, params.uri)
        return EmptyResult()

    def _forget(self, connection: Connection) -> None:
        """Watch nothing more for a connection that ended."""
        audience, watched = self._watched.pop(connection)
        for uri in watched:
            _unwatch(audience, connection, uri)
        self._leave(audience)

    def _refuse_more(self, own: int) -> None:
        """Refuse one more resource to a connection that watches `own` of them.

        Raises:
            MCPError: the connection, or all of them, watch as much as they may.
        """
        if own >= _MOST_EACH:
            raise _busy(f"{own} resources are watched on this connection, which is as many as one may")
        if (all_of_them := sum(len(watched) for _, watched in self._watched.values())) >= _MOST:
            raise _busy(f"{all_of_them:,} resources are watched, which is as many as this process takes")

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell clients of changes to what they watch, for as long as this is entered."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            yield
            self._tasks = None
            tasks.cancel_scope.cancel()

    def _join(self, ctx: Request) -> Audience:
        """Return the audience of who calls, with one more in it. The store is read for it from the first one on."""
        with as_protocol_errors("Watching"):
            access = self._callers.access(ctx)
            authority.refuse_without(access, *needed("subscriptions/listen"))
        audience = self._audiences.get(access)
        if audience is None:
            audience = self._audiences[access] = Audience(access)
            assert self._tasks is not None, "the server's lifespan was entered"
            self._tasks.start_soon(self._tell, audience)
        audience.members += 1
        return audience

    def _leave(self, audience: Audience) -> None:
        audience.members -= 1
        if not audience.members:
            del self._audiences[audience.access]
            audience.telling.cancel()

    async def _tell(self, audience: Audience) -> None:
        with audience.telling:
            while True:
                try:
                    runs = await self._runs(audience.access)
                    changes = await runs.threads.changes(audience.since)
                    while (change := await changes.next()) is not None:
                        await audience.told(_uris(change))
                except Error as error:
                    log.error("those who watch are told nothing for now: %s", error)
                    await anyio.sleep(_RETRY_SECONDS)


def _unwatch(audience: Audience, connection: Connection, uri: str) -> None:
    if uri in audience.watching:
        audience.watching[uri].discard(connection)
        if not audience.watching[uri]:
            del audience.watching[uri]


def _refuse_unknown(uri: str) -> None:
    """Refuse to watch what is no resource.

    Raises:
        MCPError: it is none.
    """
    if not is_ours(uri):
        raise invalid(f"There is no resource {short(uri)}; resources/templates/list says which there are.")


def _busy(happened: str) -> MCPError:
    busy = Busy(happened, _RETRY_SECONDS)
    return MCPError(SERVER_ERROR, f"{busy.code}: {busy}")


def _uris(change: "Change") -> list[str]:
    pending = [PENDING] if change.pending else []
    # By the names that were chosen for them, and by the ids that others know them by.
    threads = dict.fromkeys(each for thread_id in change.threads for each in (name_of(thread_id), thread_id))
    return [*map(run_uri, change.runs), *map(thread_uri, threads), *pending]
