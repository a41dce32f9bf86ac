"""The life of the HTTP server: it serves until it is told to stop, and leaves nobody waiting."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from interrupt_mcp.http.address import Listener
from interrupt_mcp.http.routes import Check, routes

if TYPE_CHECKING:
    from mcp.server import MCPServer

_GRACE = 1
"""Seconds for open responses to end by themselves."""


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's own, but a signal that was handled is not raised again: the app has yet to close what it has."""
        before = {each: signal.signal(each, self.handle_exit) for each in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)


async def serve(
    server: "MCPServer[Any]", listener: Listener, version: str, *, check: Check, stopping: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM.

    `check` raises an `Error` while no run could be started. `stopping` ends what open calls wait for, so that they are
    answered before the connections close.
    """
    config = uvicorn.Config(
        routes(server, listener, version, check),
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    try:
        await _Uvicorn(config, stopping).serve(sockets=list(listener.sockets))
    finally:
        listener.close()
