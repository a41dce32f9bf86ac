"""Several server processes on one database, and the file in which their agents leave what they did."""

import json
import os
import re
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door
from tests.database import on_postgres, url_of
from tests.effects import Effects
from tests.patience import PATIENCE, until
from tests.processes import CHECKOUT, HttpServer, http_server, over_http

AGENTS = ("refunds", "slow_refunds", "marks", "held_walk", "waits", "blocks", "answers")


@dataclass(frozen=True)
class Home:
    """A directory with a project, its database, and what its agents did."""

    path: Path
    config: Path

    @property
    def acts(self) -> list[str]:
        """What agents did, in order."""
        return Effects(self.path / "acts").lines

    def go(self) -> None:
        """Let those go on that wait."""
        (self.path / "go").touch()

    @property
    def owners(self) -> Path:
        return self.path / "state.db-owners"

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, to somebody who only reads."""
        if on_postgres():
            import psycopg

            with psycopg.connect(url_of(self.path), options="-csearch_path=interrupt_mcp") as server:
                return server.execute(sql.replace("?", "%s").encode(), values).fetchall()
        with closing(sqlite3.connect(f"file:{self.path}/state.db?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            return connection.execute(sql, values).fetchall()

    def owner(self, run_id: str) -> str:
        return str(self.rows("SELECT owner FROM runs WHERE run_id = ?", run_id)[0][0])

    def is_held(self, owner: str) -> bool:
        """Whether the process of that name says that it lives."""
        if on_postgres():
            return self.rows("SELECT lives_until > clock_timestamp() FROM owners WHERE name = ?", owner) == [(True,)]
        return (self.owners / f"{owner}.lock").exists()

    @property
    def environ(self) -> dict[str, str]:
        """What a server and its agents need to know."""
        return {
            "INTERRUPT_MCP_CONFIG": str(self.config),
            "INTERRUPT_MCP_LOG": "info",
            "EFFECTS": str(self.path / "acts"),
            "GO": str(self.path / "go"),
            "PYTHONPATH": CHECKOUT,
        }


@dataclass(frozen=True)
class Process:
    """A server process, and a client of it."""

    server: HttpServer
    door: Door

    @property
    def pid(self) -> int:
        return self.server.process.pid

    def kill(self) -> None:
        """Without any chance to clean up."""
        self.server.process.kill()
        self.server.process.wait(PATIENCE)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def halt(self, home: Home) -> None:
        """Stop it, with SIGSTOP, while it holds no lock of the database: nobody else could write for as long."""
        if on_postgres():
            # There it holds none for long, wherever it is stopped.
            self._stop()
            return
        with closing(sqlite3.connect(home.path / "state.db", timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._stop()
            connection.execute("ROLLBACK")

    def _stop(self) -> None:
        self.signal(signal.SIGSTOP)
        while any(state != "T" for state in self._states()):
            time.sleep(0.001)

    def _states(self) -> list[str]:
        """Those of its threads, as Linux calls them."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return [each.read_text().rpartition(")")[2].split()[0] for each in threads]

    def said(self, text: "str | re.Pattern[str]") -> bool:
        """Whether it is in what the server wrote to stderr."""
        return re.search(text, "".join(self.server.said)) is not None


def home_in(path: Path, name: str = "project") -> Home:
    """A project with this room's agents; its database is `state.db` in the directory."""
    folder = path / name
    folder.mkdir()
    config = folder / "langgraph.json"
    file = Path(__file__).parent / "agents" / "acting.py"
    config.write_text(json.dumps({"graphs": {agent: f"{file}:{agent}" for agent in AGENTS}}))
    return Home(path, config)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


@pytest.fixture
def here(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose agents can be run in the test's own process."""
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_in(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
async def pair(shared_home: Home) -> AsyncIterator["Pair"]:
    """Two processes that serve one project, for a module whose tests leave them alive."""
    async with started(shared_home) as one, started(shared_home) as other:
        for process in (one, other):
            await process.door.call("list_agents")
            await process.door.call("list_runs")
        yield one, other


@pytest.fixture
def told(shared_home: Home) -> Home:
    """The home of the pair, where nobody did anything in this test."""
    for name in ("acts", "go"):
        (shared_home.path / name).unlink(missing_ok=True)
    return shared_home


Pair = tuple[Process, Process]
Start = Callable[..., AbstractAsyncContextManager[Process]]


@asynccontextmanager
async def started(home: Home, **environ: str) -> AsyncIterator[Process]:
    """A server process on the home's database, and a client of it."""
    with http_server(home.path, **{**home.environ, **environ}) as server:
        async with over_http(server.url) as door:
            yield Process(server, door)


@pytest.fixture
def start(home: Home) -> Start:
    """`async with start() as process`: one more server process on the test's database."""

    @asynccontextmanager
    async def one(**environ: str) -> AsyncIterator[Process]:
        async with started(home, **environ) as process:
            yield process

    return one


async def waiting_in(process: Process, home: Home, agent: str = "waits") -> str:
    """A run that this process drives, in a node that waits to be told."""
    run = await process.door.call("start_run", agent=agent, message="Hello", wait_seconds=0)
    await until(lambda: takers(home, "wait") == [process.pid])
    return str(run["run_id"])


def takers(home: Home, act: str) -> list[int]:
    """The processes that did this, in order."""
    return [int(found[1]) for line in home.acts if (found := re.fullmatch(rf"{act} in (\d+)", line))]


def is_linear(home: Home, run_id: str) -> bool:
    """Whether no checkpoint of the run's thread was followed by two."""
    of_thread = "SELECT parent_checkpoint_id FROM checkpoints JOIN runs USING (thread_id) WHERE run_id = ?"
    parents = [row[0] for row in home.rows(of_thread, run_id)]
    return len(parents) == len(set(parents))
