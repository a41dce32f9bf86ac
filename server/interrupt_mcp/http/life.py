"""The life of an HTTP server: it serves an application until it is told to stop, and leaves nobody waiting."""

import logging
import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import cast

import anyio
import uvicorn
from starlette.types import ASGIApp

from interrupt_mcp.http.address import Listener
from interrupt_mcp.http.connections import Connections

_SPARE_CONNECTIONS = 50
"""Connections beyond one for each request: of clients between two calls, and of whoever asks for health."""
_BACKLOG = 64
"""How many new connections at most are taken in one turn of the event loop, before idle ones are closed for them."""
_GRACE_SECONDS = 0.4
"""How long open responses are given to end by themselves."""


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the program, whose app has yet to close when this server has ended."""
        yield


async def serve(
    app: ASGIApp, listener: Listener, most: int, until: Callable[[], Awaitable[None]], *, lifespan: bool
) -> None:
    """Serve until `until` returns, at most so many requests at once.

    `lifespan` is whether the application is to be told of its start and end.
    """
    config = uvicorn.Config(
        app,
        http=Connections(most + _SPARE_CONNECTIONS).protocol(),
        backlog=_BACKLOG,
        ws="none",
        lifespan="on" if lifespan else "off",
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
