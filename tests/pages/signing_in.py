"""Signing in as a person does: `interrupt-mcp inbox` in a terminal prints a link."""

from pathlib import Path

from anyio.to_thread import run_sync

from tests.processes import surroundings
from tests.terminals import at_a_terminal


async def link(home: Path, **environ: str) -> str:
    """A link that signs in once, to the pages of the project in `home`, which another process serves."""
    return await run_sync(_printed, home, environ)


def _printed(home: Path, environ: dict[str, str]) -> str:
    variables = {**surroundings(home, INTERRUPT_MCP_INBOX="on"), **environ, "TERM": "dumb"}
    with at_a_terminal(home, "inbox", "--no-browser", environ=variables) as keys:
        keys.until("within a minute: ")
        printed = keys.until("\n").strip()
        assert keys.ended() == 0
    return printed
