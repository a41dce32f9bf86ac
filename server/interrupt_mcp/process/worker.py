"""A process that drives the runs of a project, and has no client, until a signal ends it."""

import sys

import anyio

from interrupt_mcp.agents.manifest import read_manifest
from interrupt_mcp.agents.offering import offered
from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import Settings
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.process import loop
from interrupt_mcp.process.leaving import Leaving
from interrupt_mcp.process.serving import Serving
from interrupt_mcp.text.visible import printable_line


def run(settings: Settings, agents: tuple[str, ...] | None, leaving: Leaving) -> None:
    """Serve, on an event loop of its own; `None` are all agents.

    Raises:
        ConfigError: no agent has one of the names, or the `langgraph.json` is not as it should be.
    """
    loop.run(serve, settings, _served(settings, agents), leaving)


async def serve(settings: Settings, agents: tuple[str, ...], leaving: Leaving) -> None:
    """Serve until a signal comes."""
    async with running(settings) as app:
        leaving.attach(app.settle)
        _say(f"serves {', '.join(agents)} of project {settings.project}, {settings.config_path}")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Serving(app).take_up)
            await leaving.begun()
            tasks.cancel_scope.cancel()
    _say("ended; what it drove goes on in the next process")


def _served(settings: Settings, agents: tuple[str, ...] | None) -> tuple[str, ...]:
    there = tuple(offered(read_manifest(settings.config_path), settings.offers))
    if unknown := [name for name in agents or () if name not in there]:
        raise ConfigError(f"--agents has {', '.join(unknown)}, and {settings.config_path} names {', '.join(there)}")
    return there if agents is None else agents


def _say(what: str) -> None:
    print(printable_line(f"interrupt-mcp worker {VERSION} {what}"), file=sys.stderr, flush=True)  # noqa: T201
