"""A server whose agents run in workers, with its processes as the system shows them."""

import os
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from tests.conftest import Door
from tests.effects import Effects
from tests.patience import PATIENCE, until
from tests.processes import CHECKOUT, HttpServer, http_server, over_http
from tests.projects import offering
from tests.workers.offspring import is_alive

AGENTS = Path(__file__).parent / "agents"
UNRULY = tuple(f"unruly:{name}" for name in ("pays", "looks", "waits", "hurts", "asks", "tells"))


def workers_of(pid: int) -> list[int]:
    """The worker processes of a server, oldest first. For Linux."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in children if b"worker" in Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")]


def workers_of_project(home: Path) -> list[int]:
    """The worker processes of whichever server of the project in the folder. For Linux."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in words and str(home / "langgraph.json").encode() in words:
            found.append(int(each.parent.name))
    return found


@dataclass(frozen=True)
class Front:
    """A running server with workers, and a client of it."""

    home: Path
    server: HttpServer
    door: Door

    @property
    def pid(self) -> int:
        return self.server.process.pid

    @property
    def workers(self) -> list[int]:
        return workers_of(self.pid)

    @property
    def log(self) -> str:
        return "".join(self.server.said)

    @property
    def effects(self) -> Effects:
        return Effects(self.home / "effects")

    def go(self, name: str) -> None:
        """Let those go on that wait for this."""
        self.effects.leave_word(name)

    def drivers(self, what: str) -> list[int]:
        """The processes in which agents did this, in order."""
        return [int(found[1]) for line in self.effects if (found := re.fullmatch(rf"{what} in (\d+)", line))]

    async def start(self, agent: str, message: str, **more: object) -> str:
        """A run of the agent that nobody waits for; its id."""
        run = await self.door.call("start_run", agent=agent, message=message, wait_seconds=0, **more)
        return str(run["run_id"])

    async def ended(self, run_id: str) -> dict[str, Any]:
        """The run, once it is neither pending nor running."""
        with anyio.fail_after(PATIENCE):
            while True:
                run = await self.door.call("get_run", run_id=run_id, wait_seconds=25)
                if run["status"] not in ("pending", "running"):
                    return run

    async def driving(self, what: str, times: int = 1) -> int:
        """The process in which agents did this, once that happened so many times."""
        await until(lambda: len(self.drivers(what)) >= times)
        return self.drivers(what)[-1]


def environ(home: Path, config: Path) -> dict[str, str]:
    """What a server and its workers need to know."""
    return {
        "INTERRUPT_MCP_CONFIG": str(config),
        "INTERRUPT_MCP_LOG": "info",
        "EFFECTS": str(home / "effects"),
        "PYTHONPATH": CHECKOUT,
    }


@asynccontextmanager
async def front(
    home: Path, config: Path | None = None, version: str = "2026-07-28", workers: int = 2, **more: str
) -> AsyncIterator[Front]:
    """A server over HTTP with workers, all of which are there."""
    found = config or offering(home, AGENTS, *UNRULY)
    with http_server(home, "--workers", str(workers), **{**environ(home, found), **more}) as server:
        async with over_http(server.url, version) as door:
            running = Front(home, server, door)
            await until(lambda: running.log.count("serves project") >= workers)
            yield running


def stop(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


async def gone(pids: Sequence[int]) -> None:
    """Wait until none of these processes is left."""
    await until(lambda: not any(is_alive(pid) for pid in pids))
