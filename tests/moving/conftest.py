"""A project in a file, with runs of every kind, made once by a real server; each test moves a copy of it."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import psycopg
import pytest

from interrupt_mcp.store.postgres.connections import SCHEMA
from tests.conftest import Door
from tests.patience import PATIENCE
from tests.postgres.sharing import shared
from tests.processes import HttpServer, command, http_server, over_http, ran, surroundings
from tests.projects import offering

AGENTS = Path(__file__).parent / "agents"
RESPOND = {"type": "respond", "message": "go on"}


@dataclass
class Project:
    """A project, and what its server told of it while it was in the file."""

    home: Path
    config: Path
    runs: dict[str, str] = field(default_factory=dict)
    """Ids by what the run is an example of."""
    told: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.home / "state.db"

    @property
    def ledger(self) -> Path:
        return self.home / "ledger.txt"

    def variables(self, database: str = "") -> dict[str, str]:
        return {
            "INTERRUPT_MCP_CONFIG": str(self.config),
            "INTERRUPT_MCP_HOTEL_LEDGER": str(self.ledger),
            "INTERRUPT_MCP_INBOX": "on",
            "INTERRUPT_MCP_APPROVER": "client",
            "INTERRUPT_MCP_DATABASE": database or f"sqlite:///{self.file}",
        }

    def run(self, *words: str, database: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        """What a command did."""
        return ran([command(), *words], PATIENCE, surroundings(self.home, **self.variables(database), **more))

    def begin(self, *words: str, database: str) -> "subprocess.Popen[str]":
        """A command that is not waited for."""
        environ = surroundings(self.home, **self.variables(database))
        pipe = subprocess.PIPE
        return subprocess.Popen([command(), *words], env=environ, stdout=pipe, stderr=pipe, text=True)

    def move(self, database: str, *words: str, expect: int = 0) -> str:
        """Move the file there, and return what was said; where JSON is asked for, that alone."""
        done = self.run("migrate", "--from", f"sqlite:///{self.file}", *words, database=database)
        assert done.returncode == expect, done.stderr + done.stdout
        return done.stdout if "--json" in words else done.stdout + done.stderr

    @asynccontextmanager
    async def served(self, database: str = "") -> AsyncIterator[tuple[Door, HttpServer]]:
        with http_server(self.home, **self.variables(database)) as server:
            async with over_http(server.url) as door:
                yield door, server

    def copied(self, home: Path) -> "Project":
        """The project in another folder."""
        shutil.copy(self.file, home / "state.db")
        if self.ledger.exists():
            shutil.copy(self.ledger, home / "ledger.txt")
        return Project(home, self.config, self.runs, self.told, self.token, self.cookies)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Project:
    home = tmp_path_factory.mktemp("original")
    hotel = "interrupt_mcp_agents.hotel:graph"
    config = offering(home, AGENTS, "noting:noting", "noting:failing", hotel=hotel)
    made = Project(home, config)
    # The test that asks for it first may have a loop of its own.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(anyio.run, _make, made).result()
    with closing(sqlite3.connect(made.file)) as connection:
        # Its server was killed: what it wrote last is in a file beside, which no copy is made of.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


@pytest.fixture
def project(original: Project, tmp_path: Path) -> Project:
    return original.copied(tmp_path)


@pytest.fixture
def database() -> str:
    """The address of a database with nothing in it; it has a password, which nobody may say."""
    return shared().make_database()


async def _make(made: Project) -> None:
    async with made.served() as (door, server):
        await _fill(made, door)
        await _sign_in(made, server.base)
        made.told = await told(door, made)


async def _fill(made: Project, door: Door) -> None:
    finished = await door.call("start_run", agent="hotel", message="Book the Ritz")
    finished = await decided(door, finished, {"type": "accept"})
    made.runs["finished"] = finished["run_id"]
    steps = (await door.call("get_thread", thread_id=finished["thread_id"]))["checkpoints"]
    forked = await door.call("fork_thread", thread_id=finished["thread_id"], checkpoint_id=steps[0]["checkpoint_id"])
    going_on = await door.call("start_run", agent="hotel", message="Book the Astoria", thread_id=forked["thread_id"])
    made.runs["forked"] = going_on["run_id"]
    rejected = await door.call("start_run", agent="hotel", message="Book the Plaza")
    steps = (await door.call("get_thread", thread_id=rejected["thread_id"]))["checkpoints"]
    await decided(door, rejected, {"type": "reject", "message": "too far"})
    rewound = await door.call("rewind_thread", thread_id=rejected["thread_id"], checkpoint_id=steps[1]["checkpoint_id"])
    made.runs["rewound"] = rewound["run_id"]
    made.runs["failed"] = (await door.call("start_run", agent="failing", message="x"))["run_id"]
    made.runs["paused"] = (await door.call("start_run", agent="hotel", message="Book the Hilton"))["run_id"]
    made.runs["noting"] = (await door.call("start_run", agent="noting", message="milk"))["run_id"]


async def decided(door: Door, run: Mapping[str, Any], decision: Mapping[str, Any]) -> dict[str, Any]:
    """The run, after its one question was decided."""
    (asked,) = run["interrupts"]
    return await door.call("resume_run", run_id=run["run_id"], decisions=[{**decision, "digest": asked["digest"]}])


async def _sign_in(made: Project, base: str) -> None:
    done = made.run("token", "create", "ann", "--scopes", "read,decide", "--json")
    made.token = json.loads(done.stdout)["token"]
    headers = {"origin": base}
    async with httpx.AsyncClient(base_url=base, headers=headers, follow_redirects=True, timeout=PATIENCE) as browser:
        answer = await browser.post("/inbox/sign-in", data={"secret": made.token, "then": "/inbox"})
        assert answer.status_code == 200, answer.text
        made.cookies = dict(browser.cookies)


async def told(door: Door, of: Project) -> dict[str, Any]:
    """All that a client is told of the project's runs, questions and threads."""
    runs = (await door.call("list_runs", limit=100))["runs"]
    threads = {each["thread_id"] for each in runs}
    return {
        "runs": runs,
        "interrupts": (await door.call("list_interrupts"))["interrupts"],
        "threads": {each: await door.call("get_thread", thread_id=each) for each in sorted(threads)},
        "one": {name: await door.call("get_run", run_id=run_id) for name, run_id in of.runs.items()},
    }


def rows_in(database: str) -> dict[str, list[str]]:
    """All rows of all tables of ours, but for what differs with each move."""
    with psycopg.connect(database) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA]).fetchall()
        found = {
            name: [row[0] for row in connection.execute(f"SELECT t::text FROM {SCHEMA}.{name} t")] for (name,) in names
        }
    found["meta"] = [each for each in found["meta"] if not each.startswith("(moved_from")]
    return {name: sorted(rows) for name, rows in found.items() if name not in ("owners", "kept")}
