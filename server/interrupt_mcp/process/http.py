"""A process that serves the tools over HTTP, at an address of this machine, until a signal ends it."""

import logging
import os
import sys

import anyio

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import Settings
from interrupt_mcp.http import server as http
from interrupt_mcp.http.address import Listener
from interrupt_mcp.mcp import build_server
from interrupt_mcp.process import loop
from interrupt_mcp.process.leaving import Leaving
from interrupt_mcp.process.serving import Serving

log = logging.getLogger(__name__)


def run(settings: Settings, listener: Listener, leaving: Leaving) -> None:
    """Serve, on an event loop of its own."""
    loop.run(serve, settings, listener, leaving)


async def serve(settings: Settings, listener: Listener, leaving: Leaving) -> None:
    """Serve until a signal comes."""
    async with running(settings) as app:
        leaving.attach(app.settle)
        serving = Serving(app)
        server = build_server(serving.runs, app.agents, VERSION, settings)
        log.info("process %d serves project %s of %s", os.getpid(), settings.project, settings.config_path)
        print(f"interrupt-mcp {VERSION} serves {listener.url}/mcp", file=sys.stderr, flush=True)  # noqa: T201
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serving.take_up)
            await http.serve(
                server, listener, VERSION, check=serving.check, until=leaving.begun, stopping=app.begin_leaving
            )
            tasks.cancel_scope.cancel()
