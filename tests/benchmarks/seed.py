"""Fills a database with finished threads, runs that wait for a person, and runs whose process died.

They are runs of the bundled hotel agent, or rather many copies of one, with all that it left: checkpoints, questions,
records. What waits can be decided and goes on; what was in flight goes on in the next process of the project.

    python -m tests.benchmarks.seed DATABASE [--threads N] [--pending N] [--in-flight N] [--config PATH]
"""

import argparse
import os
import sqlite3
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp.model import Effect, Run, RunId, ThreadId
from interrupt_mcp.store import Store
from interrupt_mcp.store.rows import effect_of
from interrupt_mcp.store.store import Flight, NewRun

AGENT = "hotel"
BOOK = "Book a stay at the McKittrick hotel"
SEARCH = 'call search_hotels {"city": "Paris"}'
AT_ONCE = 200
COPY = (
    "INSERT INTO checkpoints SELECT :copy, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint,"
    " CAST(replace(CAST(metadata AS TEXT), :original_run, :run) AS BLOB) FROM checkpoints WHERE thread_id = :original",
    "INSERT INTO writes SELECT :copy, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value"
    " FROM writes WHERE thread_id = :original",
)


@dataclass(frozen=True)
class Original:
    """A run that was really driven."""

    run: Run
    effects: tuple[Effect, ...]


async def seed(settings: Settings, threads: int = 0, pending: int = 0, in_flight: int = 0) -> None:
    """Add so many of each."""
    finished, waiting = await _originals(settings, threads > 0, pending > 0)
    async with running(settings) as app:
        database = (await app.store()).database
        # Nobody holds its lock: to all others its process is dead.
        store = Store(database, settings.project, uuid.uuid4().hex)
        if finished is not None:
            await _many(threads - 1, lambda: _finish(store, finished))
        if waiting is not None:
            await _many(pending - 1, lambda: _pause(store, waiting))
        await _many(in_flight, lambda: _begin(store, BOOK))


async def _originals(settings: Settings, finished: bool, waiting: bool) -> tuple[Original | None, Original | None]:
    async with (
        running(settings) as app,
        Client(build_server(app.runs, app.agents, VERSION, settings)) as client,
    ):
        store = await app.store()

        async def original(message: str, status: str) -> Original:
            result = await client.call_tool("start_run", {"agent": AGENT, "message": message})
            body: dict[str, Any] = result.structured_content or {}
            assert body.get("status") == status, result
            rows = store.database.read("SELECT * FROM effects WHERE run_id = ? ORDER BY seq", (body["run_id"],))
            return Original(store.run(body["run_id"]), tuple(map(effect_of, rows)))

        return (
            await original(SEARCH, "success") if finished else None,
            await original(BOOK, "interrupted") if waiting else None,
        )


async def _many(count: int, make: Callable[[], Awaitable[object]]) -> None:
    left = max(0, count)

    async def some() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await make()

    async with anyio.create_task_group() as tasks:
        for _ in range(min(left, AT_ONCE)):
            tasks.start_soon(some)


async def _begin(store: Store, message: str) -> Flight:
    """A run that is being driven."""
    run_id = RunId(uuid.uuid4().hex)
    new = NewRun(run_id, ThreadId(uuid.uuid4().hex), AGENT, {"message": message}, request_digest="")
    await store.start(new, "a benchmark")
    flight = await store.claim(run_id, store.owner)
    assert flight is not None
    return flight


async def _copied(store: Store, original: Original, message: str) -> Flight:
    flight = await _begin(store, message)
    run = flight.run
    names = {
        "copy": run.thread_id,
        "run": run.run_id,
        "original": original.run.thread_id,
        "original_run": original.run.run_id,
    }

    def unit(conn: sqlite3.Connection) -> None:
        for statement in COPY:
            conn.execute(statement, names)

    await store.database.write(unit)
    return flight


async def _finish(store: Store, original: Original) -> None:
    flight = await _copied(store, original, SEARCH)
    await store.drive(flight).finish(original.run.answer, {}, 0)


async def _pause(store: Store, original: Original) -> None:
    flight = await _copied(store, original, BOOK)
    drive = store.drive(flight)
    drive.record(original.effects)
    asked = {interrupt.langgraph_id: interrupt.question for interrupt in original.run.interrupts}
    await drive.pause(asked, {})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    for name in ("threads", "pending", "in-flight"):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
    parser.add_argument("--config")
    given = parser.parse_args()
    url = f"sqlite:///{given.database.absolute()}"
    settings = read_settings(os.environ, config=given.config, database=url, cwd=Path.cwd())
    anyio.run(seed, settings, given.threads, given.pending, given.in_flight)
    size = given.database.stat().st_size / 1e6
    print(
        f"{given.database}: {given.threads} finished threads, {given.pending} runs that wait, {given.in_flight} in"
        f" flight; {size:.1f} MB"
    )


if __name__ == "__main__":
    main()
