"""A process that serves the tools over HTTP, at an address, until a signal ends it."""

import logging
import os
import sys
from functools import partial

import anyio

from interrupt_mcp.app import VERSION, App, running
from interrupt_mcp.config import Settings
from interrupt_mcp.http import server as http
from interrupt_mcp.http.address import Listener
from interrupt_mcp.http.session_ids import SessionIds
from interrupt_mcp.mcp import build_server
from interrupt_mcp.mcp.sealing import session_seal
from interrupt_mcp.process import loop
from interrupt_mcp.process.bearers import doorway_of
from interrupt_mcp.process.leaving import Leaving
from interrupt_mcp.process.pages import LatePages, announce, serve_at, site_of
from interrupt_mcp.process.serving import Serving
from interrupt_mcp.words import InboxMode

log = logging.getLogger(__name__)


def run(settings: Settings, listener: Listener, leaving: Leaving) -> None:
    """Serve, on an event loop of its own."""
    loop.run(serve, settings, listener, leaving)


async def serve(settings: Settings, listener: Listener, leaving: Leaving) -> None:
    """Serve until a signal comes."""
    async with running(settings) as app:
        leaving.attach(app.settle, settings.drain)
        serving = Serving(app)
        if settings.inbox is not InboxMode.OFF:
            app.serve_pages(partial(serve_at, listener.address, url=listener.told))
        site = partial(site_of, app, listener.address, listener.names, listener.told)
        server = build_server(serving.runs, app.agents, VERSION, settings, proved=settings.shared)
        log.info("process %d serves project %s of %s", os.getpid(), settings.project, settings.config_path)
        pages = "" if settings.inbox is InboxMode.OFF else f", and pages for people at {listener.url}/inbox"
        there = f"; it listens at {listener.address}/mcp" if listener.told else ""
        print(f"interrupt-mcp {VERSION} serves {listener.url}/mcp{pages}{there}", file=sys.stderr, flush=True)  # noqa: T201
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_take_up, serving, app, listener)
            await http.serve(
                server,
                listener,
                VERSION,
                check=serving.check,
                ids=SessionIds(session_seal(settings), serving.sessions),
                until=leaving.begun,
                leaving=lambda: leaving.told,
                stopping=app.begin_leaving,
                pages=None if settings.inbox is InboxMode.OFF else LatePages(site),
                doorway=doorway_of(app, listener.url),
            )
            tasks.cancel_scope.cancel()


async def _take_up(serving: Serving, app: App, listener: Listener) -> None:
    app.start_workers()
    await serving.take_up()
    if app.settings.inbox is not InboxMode.OFF:
        await announce(app, listener.address, listener.told)
