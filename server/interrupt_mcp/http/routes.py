"""The paths: `/mcp` for clients, `/inbox` for people, `/healthz` and `/readyz` for whoever watches over the process."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from interrupt_mcp.errors import Error
from interrupt_mcp.http.doorway import TOOLS, Doorway
from interrupt_mcp.http.lasting import Lasting
from interrupt_mcp.http.limit import LARGEST_BODY, Limit
from interrupt_mcp.http.permission import Permission
from interrupt_mcp.http.session_ids import SessionIds
from interrupt_mcp.http.sessions import Sessions, most_sessions

log = logging.getLogger(__name__)
_FRESH = {"Cache-Control": "no-store"}
Check = Callable[[], Awaitable[object]]
"""Raises an `Error` while no run could be started."""


def routes(
    server: MCPServer[Any],
    security: TransportSecuritySettings,
    version: str,
    check: Check,
    leaving: Callable[[], bool],
    ids: SessionIds,
    most: int,
    pages: ASGIApp | None,
    doorway: Doorway | None = None,
) -> Limit:
    """Return the ASGI application, which takes at most `most` requests at once, with pages for people, if any.

    Where it has a `doorway`, whoever gets to the tools came through that. It is ready unless it is `leaving`.
    """
    guard = TransportSecurityMiddleware(security)

    async def healthz(request: Request) -> Response:
        return await guard.validate_request(request) or await _health(
            check, {} if doorway else {"version": version}, tells_why=doorway is None
        )

    async def readyz(_: Request) -> Response:
        return await _readiness(check, leaving)

    # Both False: otherwise clients that begin with a handshake could not be asked anything.
    app = server.streamable_http_app(
        stateless_http=False,
        json_response=False,
        max_request_body_size=LARGEST_BODY,
        max_sessions=most_sessions(most),
        transport_security=security,
    )
    app.add_route("/healthz", healthz, methods=["GET"])
    app.add_route("/readyz", readyz, methods=["GET"])
    sessions = Sessions(server.session_manager, most_sessions(most))
    lasting = Lasting(app, TOOLS, sessions, ids)
    both = lasting if pages is None else _beside(lasting, pages)
    if doorway is None:
        return Limit(both, TOOLS, most, sessions.make_room)
    app.router.routes.extend(doorway.metadata_routes())
    return Limit(both, TOOLS, most, sessions.make_room, Permission(doorway.challenges), doorway.requests)


def _beside(app: ASGIApp, pages: ASGIApp) -> ASGIApp:
    """Return the application with pages for people beside it."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        at_pages = scope["type"] == "http" and f"{scope['path']}/".startswith("/inbox/")
        await (pages if at_pages else app)(scope, receive, send)

    return both


async def _health(check: Check, also: Mapping[str, str], *, tells_why: bool) -> Response:
    """Return 200 while runs can be started, and 503 while they cannot, with the reason where nobody else may ask."""
    try:
        await check()
    except Error as error:
        log.warning("%s", error)
        why = {"error": str(error)} if tells_why else {}
        return JSONResponse({"status": "unavailable", **also, **why}, status_code=503, headers=_FRESH)
    return JSONResponse({"status": "ok", **also}, headers=_FRESH)


async def _readiness(check: Check, leaving: Callable[[], bool]) -> Response:
    """Return 200 while requests are to be sent here. It tells nothing else, so balancers may ask by any name."""
    ready = not leaving()
    try:
        await check()
    except Error as error:
        log.warning("%s", error)
        ready = False
    return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503, _FRESH)
