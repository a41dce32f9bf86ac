"""Served: a server of ours without a process of its own, from its start to its end."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import anyio
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

from interrupt_mcp.app import VERSION, App, running
from interrupt_mcp.config import Settings
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.http.limit import Limit, most_requests
from interrupt_mcp.http.routes import routes
from interrupt_mcp.http.session_ids import SessionIds
from interrupt_mcp.mcp import build_server
from interrupt_mcp.mcp.sealing import session_seal
from interrupt_mcp.mounting import host
from interrupt_mcp.mounting.admission import refused
from interrupt_mcp.mounting.place import Place, root_of
from interrupt_mcp.process.pages import LatePages, announce, site_of
from interrupt_mcp.process.serving import Serving, check_manifest
from interrupt_mcp.web.guard import SIGN_IN
from interrupt_mcp.words import InboxMode

_ANSWER_SECONDS = 0.2
"""How long calls that wait are given to be answered."""
_OF_A_REQUEST = ("type", "asgi", "http_version", "method", "scheme", "query_string", "headers", "client", "server")
"""What is handed on of a request; what else the application around keeps there is its own."""
# Each request is looked at before, by the port that it came to.
_LOOKED_AT = TransportSecuritySettings(enable_dns_rebinding_protection=False)


class Served:
    """The ASGI application in front of all others: it lets requests through, as if they came to a server of ours."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app = app
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(root_of(scope))
        if (answer := refused(scope, from_a_file=path == SIGN_IN)) is not None:
            await answer(scope, receive, send)
            return
        self._place.learn(scope)
        within = {name: scope[name] for name in _OF_A_REQUEST if name in scope}
        await self._app({**within, "path": path, "root_path": ""}, receive, send)


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[Served]:
    """Serve within this context. In the end calls that wait are answered, and runs go on in the next process.

    Raises:
        ConfigError: the `langgraph.json` is not as it should be, or the settings want what a mounted server has not.
    """
    if settings.shared:
        raise ConfigError(
            f"INTERRUPT_MCP_AUTH is {settings.auth}, and what is mounted asks nobody for a token: unset it, or use"
            " `interrupt-mcp serve --http`"
        )
    check_manifest(settings)
    for name, value in settings.agent_variables.items():
        os.environ.setdefault(name, value)
    async with running(settings) as app:
        place, serving, pages = Place(), Serving(app), None
        if settings.inbox is not InboxMode.OFF:
            app.serve_pages(place.serve)
            pages = LatePages(lambda: site_of(app, place.address, place.names))
        server = _server(app, serving)
        ids = SessionIds(session_seal(settings), serving.sessions)
        most = most_requests(may_raise=False)
        limit = routes(server, _LOOKED_AT, VERSION, serving.check, lambda: app.leaving, ids, most, pages)
        async with server.session_manager.run(), anyio.create_task_group() as tasks:
            tasks.start_soon(_take_up, serving, app, place)
            tasks.start_soon(_leave_with_the_host, app)
            try:
                yield Served(limit, place)
            finally:
                await _leave(app, limit)
                tasks.cancel_scope.cancel()


def _server(app: App, serving: Serving) -> Any:
    """Return the MCP server. The library would set up logging, which is the matter of the application around."""
    with _logging_as_it_is():
        return build_server(serving.runs, app.agents, VERSION, app.settings)


@contextmanager
def _logging_as_it_is() -> Iterator[None]:
    """Have nobody set up logging within this context: Python does so only where there is no handler."""
    root, nothing = logging.getLogger(), logging.NullHandler()
    root.addHandler(nothing)
    try:
        yield
    finally:
        root.removeHandler(nothing)


async def _take_up(serving: Serving, app: App, place: Place) -> None:
    app.start_workers()
    await serving.take_up()
    if app.settings.inbox is not InboxMode.OFF:
        await place.known()
        await announce(app, place.address)


async def _leave_with_the_host(app: App) -> None:
    await host.leaving()
    app.begin_leaving()


async def _leave(app: App, limit: Limit) -> None:
    app.begin_leaving()
    await limit.answered(_ANSWER_SECONDS)
