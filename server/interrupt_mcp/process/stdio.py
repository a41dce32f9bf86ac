"""The life of the stdio server: the tools over one wire, until the client or a signal ends it."""

import logging
import os
from typing import Any, cast

import anyio
from anyio.abc import TaskGroup
from mcp.server.stdio import stdio_server

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import Settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp.process import loop
from interrupt_mcp.process.leaving import Leaving
from interrupt_mcp.process.lines import Answers, Questions
from interrupt_mcp.process.messages import Messages
from interrupt_mcp.process.serving import Serving
from interrupt_mcp.process.wire import Wire

log = logging.getLogger(__name__)


def run(settings: Settings, wire: Wire, leaving: Leaving) -> None:
    """Serve, on an event loop of its own."""
    loop.run(serve, settings, wire, leaving)


async def serve(settings: Settings, wire: Wire, leaving: Leaving) -> None:
    """Serve until the client closes its end, or a signal comes."""
    answers = Answers(wire.output, leaving.begin)
    questions = Questions(wire.input, leaving.limit, answers)
    async with running(settings) as app:
        leaving.attach(app.settle)
        log.info("process %d serves project %s of %s", os.getpid(), settings.project, settings.config_path)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_leave, tasks, leaving)
            serving = Serving(app)
            tasks.start_soon(_take_up, serving, answers)
            await _converse(build_server(serving.runs, app.agents, VERSION, settings), questions, answers)
            tasks.cancel_scope.cancel()


async def _leave(tasks: TaskGroup, leaving: Leaving) -> None:
    await leaving.begun()
    tasks.cancel_scope.cancel()


async def _converse(server: Any, questions: Questions, answers: Answers) -> None:
    # The library's way from messages to lines and back; what it would open itself, it is given.
    files = cast("Any", Messages(questions, answers)), cast("Any", answers)
    async with stdio_server(*files) as (read, write):
        low_level = server._lowlevel_server
        await low_level.run(read, write, low_level.create_initialization_options())


async def _take_up(serving: Serving, answers: Answers) -> None:
    # Once the client has its first answers the start is over, and nobody waits for the store.
    await answers.greeted()
    await serving.take_up()
