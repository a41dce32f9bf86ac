"""A process that serves the tools to one client over standard input and output, until it or a signal ends it."""

import logging
import os
from typing import Any, cast

import anyio
from anyio.abc import TaskGroup
from mcp.server.stdio import stdio_server

from interrupt_mcp.app import VERSION, App, running
from interrupt_mcp.config import Settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp.process import loop
from interrupt_mcp.process.leaving import Leaving
from interrupt_mcp.process.lines import Input, Output
from interrupt_mcp.process.messages import Messages
from interrupt_mcp.process.pages import PagesServer
from interrupt_mcp.process.serving import Serving
from interrupt_mcp.process.wire import Wire
from interrupt_mcp.words import InboxMode

log = logging.getLogger(__name__)


def run(settings: Settings, wire: Wire, leaving: Leaving) -> None:
    """Serve, on an event loop of its own."""
    loop.run(serve, settings, wire, leaving)


async def serve(settings: Settings, wire: Wire, leaving: Leaving) -> None:
    """Serve until the client closes its end, or a signal comes."""
    output = Output(wire.output, leaving.begin)
    lines = Input(wire.input, leaving.limit, output)
    async with running(settings) as app:
        leaving.attach(app.settle)
        log.info("process %d serves project %s of %s", os.getpid(), settings.project, settings.config_path)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_leave, tasks, leaving)
            if settings.inbox is not InboxMode.OFF:
                app.serve_pages(PagesServer(app, tasks, leaving.begun).serve)
            serving = Serving(app)
            tasks.start_soon(_take_up, app, serving, output)
            await _converse(build_server(serving.runs, app.agents, VERSION, settings), lines, output)
            tasks.cancel_scope.cancel()


async def _leave(tasks: TaskGroup, leaving: Leaving) -> None:
    await leaving.begun()
    tasks.cancel_scope.cancel()


async def _converse(server: Any, lines: Input, output: Output) -> None:
    # The library turns lines into messages and back; the files that it would open itself, it is given.
    files = cast("Any", Messages(lines, output)), cast("Any", output)
    async with stdio_server(*files) as (read, write):
        low_level = server._lowlevel_server
        await low_level.run(read, write, low_level.create_initialization_options())


async def _take_up(app: App, serving: Serving, output: Output) -> None:
    # The store is opened, and workers are started, once the client has its first answers: it need not wait for that.
    await output.greeted()
    app.start_workers()
    await serving.take_up()
