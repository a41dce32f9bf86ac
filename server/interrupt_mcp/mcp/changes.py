"""Telling clients that a resource they watch has changed, in both ways of the protocol.

Clients of protocol revision 2026-07-28 and later listen on a stream of their own, which the bus feeds. Those of earlier
revisions subscribe to one resource after the other, and are told in notifications of their session. The store is not
read before somebody watches.
"""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.connection import Connection
from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated, ServerEvent
from mcp.shared.exceptions import MCPError
from mcp_types import (
    EmptyResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    UnsubscribeRequestParams,
)

from interrupt_mcp.errors import Busy, Error
from interrupt_mcp.mcp.faults import SERVER_ERROR, invalid, short
from interrupt_mcp.mcp.uris import PENDING, is_ours, run_uri, thread_uri

if TYPE_CHECKING:
    from interrupt_mcp.runs.changes import Change
    from interrupt_mcp.runs.runs import Runs

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


class Changes(InMemorySubscriptionBus):
    """What the clients of one server watch, and the telling of it."""

    def __init__(self, runs: Callable[[], Awaitable["Runs"]]) -> None:
        super().__init__()
        self._runs = runs
        self._streams = ListenHandler(self, max_subscriptions=_MOST_STREAMS)
        self._listening = 0
        self._watching: defaultdict[str, set[Connection]] = defaultdict(set)
        self._watched: dict[Connection, set[str]] = {}
        """What each connection of an earlier revision watches, until it ends."""
        self._since: datetime | None = None
        """When somebody first watched: what happened before is told to nobody."""
        self._begun = anyio.Event()

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Have the listener told of changes, for a stream of a client; return what ends that."""
        self._begin()
        return super().subscribe(listener)

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
        self._listening += 1
        try:
            return await self._streams(ctx, params)
        finally:
            self._listening -= 1

    async def watch(self, ctx: Request, params: SubscribeRequestParams) -> EmptyResult:
        """Watch one resource for a client of an earlier revision, which subscribes to it.

        Raises:
            MCPError: there is no such resource, or as much is watched as may be.
        """
        _refuse_unknown(params.uri)
        connection = ctx.session._connection
        if connection not in self._watched:
            self._watched[connection] = set()
            connection.exit_stack.callback(self._forget, connection)
        watched = self._watched[connection]
        if params.uri not in watched:
            self._refuse_more(len(watched))
            watched.add(params.uri)
            # The connection, not the session of this request, which holds all that came with it.
            self._watching[params.uri].add(connection)
        self._begin()
        return EmptyResult()

    async def unwatch(self, ctx: Request, params: UnsubscribeRequestParams) -> EmptyResult:
        """Watch the resource no more for a client of an earlier revision."""
        connection = ctx.session._connection
        self._watched.get(connection, set()).discard(params.uri)
        self._unwatch(connection, params.uri)
        return EmptyResult()

    def _forget(self, connection: Connection) -> None:
        """Watch nothing more for a connection that ended."""
        for uri in self._watched.pop(connection, ()):
            self._unwatch(connection, uri)

    def _unwatch(self, connection: Connection, uri: str) -> None:
        if uri in self._watching:
            self._watching[uri].discard(connection)
            if not self._watching[uri]:
                del self._watching[uri]

    def _refuse_more(self, own: int) -> None:
        """Refuse one more resource to a connection that watches `own` of them.

        Raises:
            MCPError: the connection, or all of them, watch as much as they may.
        """
        if own >= _MOST_EACH:
            raise _busy(f"{own} resources are watched on this connection, which is as many as one may")
        if (all_of_them := sum(map(len, self._watched.values()))) >= _MOST:
            raise _busy(f"{all_of_them:,} resources are watched, which is as many as this process takes")

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell clients of changes to what they watch, for as long as this is entered."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._tell)
            yield
            tasks.cancel_scope.cancel()

    def _begin(self) -> None:
        """Have the store read for changes from now on, if it is not yet."""
        if self._since is None:
            self._since = datetime.now(UTC)
            self._begun.set()

    async def _tell(self) -> None:
        await self._begun.wait()
        assert self._since is not None
        while True:
            try:
                runs = await self._runs()
                changes = await runs.threads.changes(self._since)
                while (change := await changes.next()) is not None:
                    await self._tell_all(_uris(change))
            except Error as error:
                log.error("those who watch are told nothing for now: %s", error)
                await anyio.sleep(_RETRY_SECONDS)

    async def _tell_all(self, uris: Sequence[str]) -> None:
        for uri in uris:
            await self.publish(ResourceUpdated(uri=uri))
            for connection in list(self._watching.get(uri, ())):
                # So that a client that does not read holds up nobody else for long.
                with anyio.move_on_after(_PATIENCE_SECONDS):
                    await connection.send_resource_updated(uri)


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
    return [*map(run_uri, change.runs), *map(thread_uri, change.threads), *pending]
