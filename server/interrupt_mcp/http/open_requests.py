"""Open requests: each ends once the token that it came with counts no more, however long its answer would go on.

A token is kept in memory as long as a request with it is in progress, and no longer.
"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interrupt_mcp.errors import Error
from interrupt_mcp.http.challenges import Challenges
from interrupt_mcp.identity import Bearer, Bearers

log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class _Open:
    """A request in progress."""

    bearer: Bearer
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    begun: bool = False
    """Whether the answer has begun."""
    streams: bool = False
    """Whether the answer goes on until it is ended, rather than for so many bytes."""
    ended: bool = False


class OpenRequests:
    """The requests in progress of one process, by token."""

    def __init__(self, bearers: Bearers, challenges: Challenges) -> None:
        self._bearers = bearers
        self._challenges = challenges
        self._open: dict[str, set[_Open]] = {}

    async def carry(self, app: ASGIApp, token: str, bearer: Bearer, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the request answered by the application, as long as its token counts."""
        request = _Open(bearer)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.begun = True
                request.streams = not any(name == b"content-length" for name, _ in message.get("headers", ()))
            elif message["type"] == "http.response.body":
                request.ended = not message.get("more_body", False)
            await send(message)

        self._open.setdefault(token, set()).add(request)
        try:
            with request.scope:
                await app(scope, receive, noting)
        finally:
            self._forget(token, request)
        if request.scope.cancelled_caught:
            await self._end(request, scope, receive, send)

    async def watch(self) -> None:
        """End what has to end, until cancelled."""
        while True:
            await anyio.sleep(_LOOK_SECONDS)
            for token in list(self._open):
                await self._look(token)

    async def _look(self, token: str) -> None:
        requests = self._open.get(token, set())
        if requests and not await self._counts(token, next(iter(requests)).bearer):
            # More may have begun meanwhile.
            for each in list(self._open.get(token, ())):
                each.scope.cancel()

    async def _counts(self, token: str, bearer: Bearer) -> bool:
        if bearer.expires_at is not None and bearer.expires_at <= datetime.now(UTC):
            return False
        try:
            return await self._bearers.known(token) is not None
        except Error as error:
            # It counted when the request came; a provider that does not answer now says nothing else.
            log.warning("It is not known whether the tokens of open requests still count: %s", error)
            return True

    def _forget(self, token: str, request: _Open) -> None:
        requests = self._open[token]
        requests.discard(request)
        if not requests:
            del self._open[token]

    async def _end(self, request: _Open, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose token counts no more, or end the answer that it began to get."""
        if not request.begun:
            await self._challenges.does_not_count()(scope, receive, send)
        elif request.streams and not request.ended:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
