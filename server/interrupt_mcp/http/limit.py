"""How many requests are taken at once: more are told to come back, before the process runs out of memory or files.

It is for clients' requests alone. Who asks whether the process is well is always answered.
"""

import random
import sys

import anyio
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from interrupt_mcp.errors import Busy
from interrupt_mcp.turns import Turns

_MOST = 4000
"""Requests in progress: calls that wait for a run, and streams of events. Each holds some 60 KB and a connection."""
_FILES = 200
"""Open files that are not connections of requests in progress."""
_LONGEST_SECONDS = 5
_ERROR = -32000
"""JSON-RPC's first code for errors of a server's own."""


def most_requests() -> int:
    """As many as the process may open files for, once it has asked for all that it may have."""
    if sys.platform == "win32":
        return _MOST
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _MOST
    files = max(soft, _MOST + _FILES) if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(1, min(_MOST, files - _FILES))


class Limit:
    """An ASGI application in front of another one, which has at most so many requests at once."""

    def __init__(self, app: ASGIApp, path: str, most: int) -> None:
        """Requests to other paths than `path` are let through."""
        self._app = app
        self._path = path
        self._most = most
        self._count = 0
        self._calls = 0
        """Those of them that wait for an answer, rather than for whatever comes on a stream."""
        self._answered = anyio.Event()
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
        elif self._count >= self._most:
            await self._refusal()(scope, receive, send)
        else:
            call = scope["method"] == "POST"
            self._count += 1
            self._calls += call
            try:
                await self._turns.mine()
                await self._app(scope, receive, send)
            finally:
                self._count -= 1
                self._calls -= call
                if not self._calls:
                    self._answered.set()

    async def answered(self, seconds: float) -> None:
        """Wait until no call waits for its answer, at most so long."""
        with anyio.move_on_after(seconds):
            if self._calls:
                self._answered = anyio.Event()
                await self._answered.wait()

    def _refusal(self) -> JSONResponse:
        # Not all at the same time.
        seconds = random.randint(1, _LONGEST_SECONDS)
        busy = Busy(f"{self._count} requests are in progress, which is as many as this process takes", seconds)
        body = {"jsonrpc": "2.0", "id": None, "error": {"code": _ERROR, "message": f"{busy.code}: {busy}"}}
        return JSONResponse(body, status_code=503, headers={"Retry-After": str(seconds)})
