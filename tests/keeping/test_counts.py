"""What a cycle, start → interrupt → accept → end, costs the database: statements and transactions, not time.

A transaction is one sync, since each is kept at full durability. A number that grows is to be argued for.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.conftest import Door, Serve

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

BOOK = {"agent": "hotel", "message": "Book a stay at the McKittrick hotel"}
STATEMENTS, COMMITS, READS = 75, 11, 18
"""At most. Five commits are waited for: a start, its pause, a decision, an effect that starts, and the end. What nobody
waits for shares them, or on a machine that is busy, and so takes its time between two of them, has its own."""
BOUNDS = ("BEGIN IMMEDIATE", "COMMIT")


@dataclass
class Counted:
    written: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


@asynccontextmanager
async def counted(door: Door) -> AsyncIterator[Counted]:
    """What the database is told within this context, by the writer and by those who read."""
    assert door.app is not None
    database = (await door.app.store()).database
    found = Counted()
    database.reader.set_trace_callback(found.read.append)
    await database.write(lambda conn: conn.set_trace_callback(found.written.append))
    try:
        yield found
    finally:
        database.reader.set_trace_callback(None)
        await database.write(lambda conn: conn.set_trace_callback(None))


async def cycle(door: Door) -> None:
    run = await door.call("start_run", **BOOK)
    assert run["status"] == "interrupted"
    run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert run["status"] == "success"


async def test_a_cycle_takes_so_many_statements_and_transactions(serve: Serve) -> None:
    async with serve() as door:
        await cycle(door)
        async with counted(door) as found:
            await cycle(door)
        commits = found.written.count("COMMIT")
        assert 5 <= commits <= COMMITS, found.written
        assert sum(each not in BOUNDS for each in found.written) <= STATEMENTS, found.written
        assert len(found.read) <= READS, found.read


async def test_every_transaction_is_synced(serve: Serve) -> None:
    async with serve() as door:
        assert door.app is not None
        database = (await door.app.store()).database

        def settings(conn: sqlite3.Connection) -> tuple[object, ...]:
            return tuple(conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))

        assert await database.write(settings) == ("wal", 2)
