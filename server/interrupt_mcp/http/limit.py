"""A limit on requests in progress: further ones are told to come back, before memory or files run out.

Where it is known who calls, nobody takes all places, and those who wait have their turns by turns. It is for requests
of MCP clients alone: whoever asks for the process's health is always answered.
"""

import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from interrupt_mcp.concurrency.turns import Turns
from interrupt_mcp.errors import Busy
from interrupt_mcp.http.bodies import Bodies, Late, TooLarge, replayed
from interrupt_mcp.http.permission import Permission, whose
from interrupt_mcp.http.problems import problem

_MOST = 4000
"""Requests in progress: calls that wait for a run, and streams of events. Each holds some 60 KB and a connection."""
_FILES = 200
"""Open files that are not connections of requests in progress."""
LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request's body."""
_LARGEST_HELLO = 64 * 1024
"""Bytes of the body of a handshake: it is kept as long as the session that it opens."""
_SMALL = 64 * 1024
"""Bytes of a body that is not counted."""
_MOST_LARGE = 256 * 1024 * 1024
"""Bytes that the counted bodies of all requests in progress may take together."""
_RETRY_SECONDS = 5
"""The longest that a refused client is told to stay away."""
_CLOSE = {"Connection": "close"}


def most_requests(*, may_raise: bool = True) -> int:
    """Return how many requests may be in progress with the files that may be open.

    The limit of open files is raised first as far as it may be, where `may_raise` says so.
    """
    if sys.platform == "win32":
        return _MOST
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _MOST
    if may_raise:
        wanted = max(soft, _MOST + _FILES)
        # macOS may give less than it says is the most.
        for files in (wanted,) if hard == resource.RLIM_INFINITY else (hard, min(wanted, hard)):
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
                return max(1, min(_MOST, files - _FILES))
    return max(1, min(_MOST, soft - _FILES))


class Limit:
    """An ASGI application in front of another one, to which it passes at most so many requests at once."""

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        most: int,
        make_room: Callable[[], Awaitable[None]],
        permission: Permission | None = None,
        most_of_one: int | None = None,
    ) -> None:
        """Requests to other paths than `path` are not counted; `make_room` is awaited before a session begins.

        What a token does not permit is not passed on, nor what one principal asks beyond `most_of_one` at once.
        """
        self._make_room = make_room
        self._permission = permission
        self._most_of_one = most_of_one
        self._of_one: Counter[str] = Counter()
        """Requests in progress of each principal."""
        self._app = app
        self._path = path
        self._most = most
        self._count = 0
        """Requests in progress."""
        self._calls = 0
        """Requests in progress that wait for one answer, rather than for whatever comes on a stream."""
        self._large = 0
        """Bytes of their bodies, small ones not counted."""
        self._answered = anyio.Event()
        self._turns = Turns()
        self._bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        elif scope["method"] == "POST":
            await self._post(scope, receive, send)
        elif refusal := self._not_permitted(scope, b""):
            await refusal(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request with a body on, once the body is there: only then it takes one of the places."""
        try:
            body = await self._bodies.whole(receive, _largest_body(scope))
        except ClientDisconnect:
            return
        except Late:
            text = "The body did not come in time; send the whole request at once."
            await problem(408, text, _CLOSE)(scope, receive, send)
            return
        except TooLarge:
            text = f"The body has more than {_largest_body(scope):,} bytes, which is as many as are taken."
            await problem(413, text)(scope, receive, send)
            return
        large = len(body) if len(body) > _SMALL else 0
        refusal = self._refusal(scope, large) or self._not_permitted(scope, body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self._calls += 1
        self._large += large
        try:
            if _may_begin_session(scope):
                await self._make_room()
            await self._pass(scope, replayed(body, receive), send)
        finally:
            self._calls -= 1
            self._large -= large
            if not self._calls:
                self._answered.set()

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, in its turn, and count it until it is answered."""
        principal = whose(scope)
        self._count += 1
        self._of_one[principal] += 1
        try:
            await self._turns.mine(principal)
            await self._app(scope, receive, send)
        finally:
            self._count -= 1
            self._of_one[principal] -= 1
            if not self._of_one[principal]:
                del self._of_one[principal]

    async def answered(self, seconds: float) -> None:
        """Wait until no call waits for its answer, at most so long."""
        with anyio.move_on_after(seconds):
            if self._calls:
                self._answered = anyio.Event()
                await self._answered.wait()

    def _refusal(self, scope: Scope, large: int = 0) -> Response | None:
        """Return the answer to a request for which there is no place; none where there is one."""
        # Chance, so that those who are refused do not all come back at the same time.
        seconds = random.randint(1, _RETRY_SECONDS)
        principal = whose(scope)
        if self._count >= self._most or self._large + large > _MOST_LARGE:
            busy = Busy(f"{self._count} requests are in progress, which is as many as this process takes", seconds)
            return problem(503, f"{busy.code}: {busy}", {"Retry-After": str(seconds)})
        if principal and self._most_of_one is not None and self._of_one[principal] >= self._most_of_one:
            busy = Busy(f"{self._most_of_one} requests of yours are in progress, which is as many as you have", seconds)
            return problem(429, f"{busy.code}: {busy}", {"Retry-After": str(seconds)})
        return None

    def _not_permitted(self, scope: Scope, body: bytes) -> Response | None:
        return None if self._permission is None else self._permission.refusal(scope, body)


def _largest_body(scope: Scope) -> int:
    """Return how many bytes the request's body may have."""
    return _LARGEST_HELLO if _may_begin_session(scope) else LARGEST_BODY


def _may_begin_session(scope: Scope) -> bool:
    """Whether a request may be one that begins a session."""
    return not {name for name, _ in scope["headers"]} & {b"mcp-session-id", b"mcp-method"}
