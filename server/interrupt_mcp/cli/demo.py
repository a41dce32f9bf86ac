"""`demo`: the main job, shown through a real MCP client and real server processes, one of which is killed."""

import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.consoles import at_terminal
from interrupt_mcp.errors import Error, Unavailable

if TYPE_CHECKING:
    from interrupt_mcp.cli.demo_story import Stage
    from interrupt_mcp.cli.narrator import Narrator


def _run(args: Namespace) -> int:
    from interrupt_mcp.cli.narrator import Narrator
    from interrupt_mcp.process import importing

    with importing.quickly():
        import anyio

        from interrupt_mcp.cli import demo_story

    narrator = Narrator(sys.stdout, asks=at_terminal(sys.stdin))
    with tempfile.TemporaryDirectory(prefix="interrupt-mcp-demo-", ignore_cleanup_errors=True) as folder:
        stage = demo_story.stage_in(Path(folder).resolve(), args.config, args.database)
        try:
            anyio.run(_show, narrator, stage)
        except BaseExceptionGroup as group:
            raise _why(group, stage.log) from group
    return 0


async def _show(narrator: "Narrator", stage: "Stage") -> None:
    from interrupt_mcp.cli import demo_in_browser, demo_story

    await demo_story.tell(narrator, stage)
    await demo_in_browser.offer(narrator, stage)
    demo_story.what_next(narrator)


def _why(group: BaseExceptionGroup, log: Path) -> BaseException:
    """Return what made it fail: the first of the errors, and what the server said last."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    if isinstance(first, Error | KeyboardInterrupt):
        return first
    said = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""
    return Unavailable(f"The demo's server does not answer: {said.splitlines()[-1] if said else first}")


def _no_arguments(_parser: ArgumentParser) -> None:
    pass


COMMAND = Command("demo", "see an agent stop, be killed, edited and resumed; needs no key", _run, _no_arguments)
