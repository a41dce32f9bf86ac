"""The HTTP server of the tools, and of the pages beside them: it answers those who wait before it ends."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.transport_security import TransportSecuritySettings

from interrupt_mcp.http import life
from interrupt_mcp.http.address import Listener
from interrupt_mcp.http.doorway import Doorway
from interrupt_mcp.http.limit import most_requests
from interrupt_mcp.http.parting import Parting
from interrupt_mcp.http.routes import Check, routes
from interrupt_mcp.http.session_ids import SessionIds

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from starlette.types import ASGIApp

_ANSWER_SECONDS = 0.2
"""How long calls that wait are given to be answered, before the streams are cut that answers come on."""


async def serve(
    server: "MCPServer[Any]",
    listener: Listener,
    version: str,
    *,
    check: Check,
    ids: SessionIds,
    until: Callable[[], Awaitable[None]],
    leaving: Callable[[], bool],
    stopping: Callable[[], None],
    pages: "ASGIApp | None" = None,
    doorway: Doorway | None = None,
) -> None:
    """Serve until `until` returns, and then a moment longer: `stopping` has the calls that still wait answered.

    From when it is `leaving` on, whoever asks whether it is ready is told no, and others are answered as ever.
    `pages` are those for people, if there are any. Without a `doorway` nobody has to prove who they are.
    """
    most = most_requests()
    security = TransportSecuritySettings(allowed_hosts=listener.names, allowed_origins=listener.origins)
    if doorway is not None and pages is not None:
        pages = doorway.slowed(pages)
    app = routes(server, security, version, check, leaving, ids, most, pages, doorway)

    async def stop() -> None:
        await until()
        stopping()
        await app.answered(_ANSWER_SECONDS)

    if doorway is None:
        await life.serve(Parting(app, leaving), listener, most, stop, lifespan=True)
        return
    door = doorway.door(app)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(door.watch)
        await life.serve(Parting(door, leaving), listener, most, stop, lifespan=True)
        tasks.cancel_scope.cancel()
