"""The life of the HTTP server: it serves until it is told to stop, and leaves nobody waiting."""

import logging
import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import anyio
import uvicorn

from interrupt_mcp.http.address import Listener
from interrupt_mcp.http.connections import Connections
from interrupt_mcp.http.limit import most_requests
from interrupt_mcp.http.routes import Check, routes

if TYPE_CHECKING:
    from mcp.server import MCPServer

_SPARE_CONNECTIONS = 50
"""Connections beyond one for each request: of clients between two calls, and of whoever asks for health."""
_BACKLOG = 64
"""How many new connections at most are taken in one turn of the event loop, before idle ones are closed for them."""
_ANSWER_SECONDS = 0.2
"""How long calls that wait are given to be answered, before the streams are cut that answers come on."""
_GRACE_SECONDS = 0.4
"""How long open responses are given to end by themselves."""


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the program, whose app has yet to close when this server has ended."""
        yield


async def serve(
    server: "MCPServer[Any]",
    listener: Listener,
    version: str,
    *,
    check: Check,
    until: Callable[[], Awaitable[None]],
    stopping: Callable[[], None],
) -> None:
    """Serve until `until` returns, and then a moment longer: `stopping` has the calls that still wait answered."""
    most = most_requests()
    app = routes(server, listener, version, check, most)
    config = uvicorn.Config(
        app,
        http=Connections(most + _SPARE_CONNECTIONS).protocol(),
        backlog=_BACKLOG,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        # It goes to asyncio, which takes fractions.
        timeout_graceful_shutdown=cast("int", _GRACE_SECONDS),
    )
    serving = _Uvicorn(config)

    async def stop() -> None:
        await until()
        stopping()
        await app.answered(_ANSWER_SECONDS)
        # Streams that are cut from here on are cut on purpose.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        # By this, and not by `should_exit` alone, the library of the event streams learns of it too.
        serving.handle_exit(signal.SIGTERM, None)

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stop)
            await serving.serve(sockets=list(listener.sockets))
            tasks.cancel_scope.cancel()
    finally:
        listener.close()
