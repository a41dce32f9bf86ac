"""`serve`: what an MCP client's configuration starts. The protocol has standard input and output to itself."""

import gc
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from interrupt_mcp.cli.command import Command, settings_of, tell_agents


def _run(args: Namespace) -> int:
    from interrupt_mcp.cli import logs, wire
    from interrupt_mcp.cli.leaving import Leaving

    # First of all, so that nothing that is imported or run from here on can print into the protocol.
    lines = wire.claim()
    leaving = Leaving()
    logs.configure()
    settings = settings_of(args)
    tell_agents(settings)
    with _without_collecting():
        from interrupt_mcp.agents.manifest import read_manifest
        from interrupt_mcp.cli import stdio
    read_manifest(settings.config_path)
    stdio.run(settings, lines, leaving)
    return 0


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Imports make much and drop little: looking for garbage meanwhile is a tenth of the start, and finds nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _no_arguments(_parser: ArgumentParser) -> None:
    pass


COMMAND = Command("serve", "serve MCP on standard input and output (the default)", _run, _no_arguments)
