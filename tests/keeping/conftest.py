"""Conversations of many turns, in a server in memory on a real file, and what is left of them on disk."""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.transaction import Unit
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.scope import Scope
from tests.conftest import Door, Offer
from tests.patience import PATIENCE

WORDS = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text().split()


def sayings(count: int, length: int = 1100) -> list[str]:
    """What a person may say, always the same."""
    chance = random.Random(1)
    return [" ".join(chance.choice(WORDS) for _ in range(300))[:length] for _ in range(count)]


@dataclass(frozen=True)
class Kept:
    """A database as it is on disk."""

    path: Path

    def rows(self, sql: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            return connection.execute(sql, values).fetchall()

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def checkpoints(self, thread_id: str) -> int:
        return int(self.rows("SELECT count(*) FROM checkpoints WHERE thread_id = ?", thread_id)[0][0])


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "state.db")


@pytest.fixture
def talk(offer: Offer) -> Path:
    """A project whose agent `talk` answers in four messages a turn, and asks nobody anything."""
    return offer(talk="talk:graph")


async def converse(door: Door, agent: str, says: list[str], thread_id: str = "talk") -> list[dict[str, Any]]:
    """The runs of a conversation, one for each thing that is said."""
    runs = []
    for text in says:
        run = await door.call("start_run", agent=agent, message=text, thread_id=thread_id)
        assert run["status"] == "success", run
        runs.append(run)
    return runs


class Journal:
    """A drive that nobody ends."""

    thread_id = ""

    def __init__(self, database: Database) -> None:
        self._scope = Scope(database, Reach("project"))

    def submit(self, unit: Unit[None]) -> object:
        return self._scope.submit(unit)

    async def settled(self) -> None:
        await self._scope.write(lambda _: None)

    def settle(self) -> None:
        self._scope.submit(lambda _: None).result()
