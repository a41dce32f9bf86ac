"""Server processes that die at a chosen moment, and what a process after them makes of what they left."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.conftest import Door, Serve
from tests.deciding import decide
from tests.processes import PATIENCE, surroundings

Calls = Callable[[Door], Awaitable[Any]]
SOON = {"INTERRUPT_MCP_LEASE": "1"}
"""On a server, who died is dead to the next process after this: there is no other one that could be slow."""
_LAUNCH = str(Path(__file__).with_name("launch.py"))


@asynccontextmanager
async def server_process(
    address: str, home: Path, config: Path, mode: str = "auto", **environ: str
) -> AsyncIterator[Door]:
    """Have a real server process over stdio, and a client of it."""
    variables = {
        "PREFORK": address,
        "INTERRUPT_MCP_CONFIG": str(config),
        "EFFECTS": str(home / "effects"),
        "KILLED": str(home / "killed"),
        **SOON,
    }
    server = StdioServerParameters(
        command=sys.executable, args=["-S", "-E", _LAUNCH], env=surroundings(home, **variables, **environ), cwd=home
    )
    with (home / "stderr.txt").open("a") as said:
        async with Client(stdio_client(server, errlog=said), mode=mode) as client:
            yield Door(client)


async def killed(address: str, home: Path, config: Path, calls: Calls, **environ: str) -> Any:
    """Return what the calls gave, or `None` if the process was killed before it answered them; it is dead by then."""
    word = home / "killed"
    word.unlink(missing_ok=True)
    given = None
    with anyio.fail_after(PATIENCE):
        try:
            async with server_process(address, home, config, **environ) as door:
                given = await calls(door)
                while not word.exists():
                    await anyio.sleep(0.01)
        except Exception:
            if not word.exists():
                raise
    return given


async def settled(door: Door, run_id: str) -> dict[str, Any]:
    """Return the run once it neither waits for a process nor runs."""
    run = await door.call("get_run", run_id=run_id, wait_seconds=25)
    assert run["status"] not in ("pending", "running")
    return run


@dataclass(frozen=True)
class Crash:
    """One project whose processes are killed."""

    address: str
    home: Path
    config: Path
    serve: Serve

    async def begin(self, **given: Any) -> dict[str, Any]:
        """Start a run of the agent `desk` on the thread `t`, and return it once it stands; the process ends well."""
        async with self.serve(self.config) as door:
            return await door.call("start_run", agent="desk", thread_id="t", **(given or {"message": "go"}))

    async def at(self, moment: str, calls: Calls) -> Any:
        """Make the calls of a process that dies at that moment: of its writer, or one that the agent names."""
        point = "KILL" if moment.split()[0] in ("before", "after") and moment[-1].isdigit() else "DIE"
        return await killed(self.address, self.home, self.config, calls, **{point: moment})

    async def resume_and_die(self, moment: str, run: dict[str, Any], *decisions: dict[str, Any]) -> Any:
        """Deliver the decisions to a process that dies at that moment; return what it answered, if it did."""
        return await self.at(moment, lambda door: decide(door, run, *decisions, wait_seconds=0))

    @asynccontextmanager
    async def next_process(self) -> AsyncIterator[Door]:
        """Have another process serve the project, and go on with what the dead one left."""
        async with self.serve(self.config) as door:
            assert door.app is not None
            await door.app.take_up()
            yield door


Crashing = Callable[[Path], Crash]
