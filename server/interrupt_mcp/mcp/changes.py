"""Telling clients that a resource they watch has changed, in both ways of the protocol.

From revision 2026-07-28 on clients listen on a stream of their own, which the bus feeds; before, they subscribe to one
resource after the other, and are told in notifications of the session. Nothing is looked at before somebody watches.
"""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourceUpdated, ServerEvent
from mcp_types import EmptyResult, SubscribeRequestParams, UnsubscribeRequestParams

from interrupt_mcp.errors import Error
from interrupt_mcp.mcp.calls import Calls
from interrupt_mcp.mcp.uris import PENDING, run_uri, thread_uri

if TYPE_CHECKING:
    from interrupt_mcp.runs.watching import Change

log = logging.getLogger(__name__)
_PATIENCE = 1.0
"""Seconds that one client may hold up the others."""
_RETRY = 5.0
"""Seconds."""
Request = ServerRequestContext[Any, Any]


class Changes(InMemorySubscriptionBus):
    """What one server's clients watch."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls
        self._sessions: defaultdict[str, dict[int, ServerSession]] = defaultdict(dict)
        self._since: datetime | None = None
        self._wanted = anyio.Event()

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """A client of 2026-07-28 or later listens."""
        self._want()
        return super().subscribe(listener)

    async def watch(self, ctx: Request, params: SubscribeRequestParams) -> EmptyResult:
        """A client of an earlier revision subscribes to one resource."""
        self._sessions[params.uri][_client(ctx.session)] = ctx.session
        self._want()
        return EmptyResult()

    async def unwatch(self, ctx: Request, params: UnsubscribeRequestParams) -> EmptyResult:
        self._sessions[params.uri].pop(_client(ctx.session), None)
        return EmptyResult()

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """As long as this is entered, those who watch are told."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._tell)
            yield
            tasks.cancel_scope.cancel()

    def _want(self) -> None:
        if self._since is None:
            self._since = datetime.now(UTC)
            self._wanted.set()

    async def _tell(self) -> None:
        await self._wanted.wait()
        assert self._since is not None
        while True:
            try:
                runs = await self._calls.runs()
                async for change in runs.threads.changes(self._since):
                    await self._tell_all(_uris(change))
            except Error as error:
                log.error("those who watch are told nothing for now: %s", error)
                await anyio.sleep(_RETRY)

    async def _tell_all(self, uris: Sequence[str]) -> None:
        for uri in uris:
            await self.publish(ResourceUpdated(uri=uri))
            for session in list(self._sessions.get(uri, {}).values()):
                await self._tell_session(session, uri)

    async def _tell_session(self, session: ServerSession, uri: str) -> None:
        """One who does not read holds up nobody else."""
        try:
            with anyio.move_on_after(_PATIENCE):
                await session.send_resource_updated(uri)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            for sessions in self._sessions.values():
                sessions.pop(_client(session), None)


def _client(session: ServerSession) -> int:
    """The same for all requests of one connection, each of which has a session object of its own."""
    return id(session.client_params)


def _uris(change: "Change") -> list[str]:
    pending = [PENDING] if change.pending else []
    return [*map(run_uri, change.runs), *map(thread_uri, change.threads), *pending]
