"""One process's life, in memory, and its death: the disk is copied at a moment, and the next life begins on the copy.

What `kill -9` leaves of a process is its files as they were. They are copied while nothing can write: between two
transactions, or inside of one that never comes to its end. What the process does afterwards, it does to files that
nobody looks at any more, and what it answers afterwards counts as never said.
"""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client

from interrupt_mcp.app import VERSION, App, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp.store.records import Position
from interrupt_mcp.store.sqlite.store import SqliteStore
from interrupt_mcp.store.sqlite.writer import Writer

AGENTS = ("each", "batched", "per_call", "kept", "watched", "hand", "node")
WATCHED = '[agents.watched]\napprover = "human"\n'


@dataclass(frozen=True)
class Moment:
    """Before or after the so-manieth transaction, or act of a tool, from when it was chosen."""

    when: str
    of: str
    number: int


@dataclass(frozen=True)
class Disk:
    """What outlives a process."""

    path: Path

    @property
    def effects(self) -> list[str]:
        file = self.path / "effects"
        return file.read_text().splitlines() if file.exists() else []

    def copy_to(self, other: "Disk") -> None:
        other.path.mkdir()
        for name in ("state.db", "state.db-wal", "effects"):
            if (self.path / name).exists():
                shutil.copy(self.path / name, other.path / name)


def project_in(folder: Path) -> Path:
    """The project, whose agents are this package's."""
    file = Path(__file__).with_name("agents.py")
    (folder / "interrupt-mcp.toml").write_text(WATCHED)
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": {name: f"{file}:{name}" for name in AGENTS}}))
    return config


@dataclass
class Life:
    """A server on a disk. `after` is where the disk is copied to when it dies."""

    disk: Disk
    after: Disk
    app: App
    client: Client
    writer: Writer
    dead: bool = False
    _planned: Moment | None = None
    _seen: int = 0

    async def call(self, tool: str, **arguments: Any) -> tuple[Any, bool]:
        """The tool's result, and whether anybody ever saw it: whether the process still lived."""
        result = await self.client.call_tool(tool, arguments)
        return result, not self.dead

    async def record(self) -> Sequence[Mapping[str, Any]]:
        """All that is on record, oldest first."""
        return await (await self.app.store()).audit.listed(Position(0), 100_000)

    async def die(self) -> None:
        """Die now, if it did not before."""
        await asyncio.wrap_future(self.writer.submit(self._die_inside))

    def plan(self, moment: Moment | None) -> None:
        """Choose when to die, counted from now."""
        self._planned, self._seen = moment, 0

    async def survive(self) -> bool:
        """Die no more of what was planned; whether it lives."""
        self.plan(None)
        await asyncio.wrap_future(self.writer.submit(lambda _: None))
        return not self.dead

    def hits(self, when: str, of: str) -> bool:
        """Whether it is time to die."""
        moment = self._planned
        if moment is None or self.dead or (moment.when, moment.of) != (when, of):
            return False
        self._seen += 1
        return self._seen == moment.number

    def arm(self) -> None:
        """See to it that each transaction may be the last, or the last that is kept."""
        commit = self.writer._commit

        def armed(group: list[tuple[Any, Future[Any]]]) -> None:
            for unit, future in group:
                if self.hits("before", "transaction"):
                    self.leave_copy()
                last = self.hits("after", "transaction")
                commit([(unit, _Unheard(self, future) if last else future)])

        self.writer._commit = armed  # type: ignore[method-assign]

    def leave_copy(self) -> None:
        """Only where nothing else can write."""
        if not self.dead:
            self.disk.copy_to(self.after)
            self.dead = True

    def _die_inside(self, _conn: sqlite3.Connection) -> None:
        self.leave_copy()


class _Unheard(Future[Any]):
    """The answer of a transaction that is on disk, and was told nobody."""

    def __init__(self, life: Life, future: Future[Any]) -> None:
        super().__init__()
        self._life = life
        self._future = future

    def set_result(self, result: Any) -> None:
        self._life.leave_copy()
        self._future.set_result(result)

    def set_exception(self, error: BaseException | None) -> None:
        self._future.set_exception(error)


class Now:
    """The life that the agents of this process are in."""

    life: Life | None = None


async def act(what: str) -> str:
    """Do something that cannot be taken back."""
    life = Now.life
    assert life is not None
    if life.hits("before", "act"):
        await life.die()
    with (life.disk.path / "effects").open("a") as file:
        file.write(f"{what}\n")
    if life.hits("after", "act"):
        await life.die()
    return f"did {what}"


@asynccontextmanager
async def lived(config: Path, disk: Disk, after: Disk) -> AsyncIterator[Life]:
    """A server that goes on with what it finds on the disk, and in the end leaves in good order."""
    environ = {
        "HOME": str(disk.path),
        "PATH": os.environ["PATH"],
        "INTERRUPT_MCP_DATABASE": f"sqlite:///{disk.path}/state.db",
    }
    settings = read_settings(environ, config=str(config), cwd=disk.path)
    async with running(settings) as app, Client(build_server(app.runs_of, app.agents, VERSION, settings)) as client:
        store = await app.store()
        assert isinstance(store, SqliteStore)
        life = Now.life = Life(disk, after, app, client, store.database._writer)
        life.arm()
        await app.take_up()
        yield life
