"""Fills a database with finished threads, runs that wait for a person, and runs whose process died.

They are runs of the bundled hotel agent, or rather many copies of one, with all that it left: checkpoints, questions,
records, each written by the store's own methods. What waits can be decided and goes on; what was in flight goes on in
the next process of the project.

    python -m tests.benchmarks.seed DATABASE [--threads N] [--pending N] [--in-flight N] [--config PATH]
"""

import argparse
import os
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import anyio
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.serde.base import SerializerProtocol
from mcp import Client

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.authority import this_user
from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.execution.thread_state import RUN_MARK
from interrupt_mcp.mcp import build_server
from interrupt_mcp.model import Approver, Effect, Message, Run, RunId, ThreadId
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun, NewRun, Reach
from interrupt_mcp.store.sql.rows import effect_of
from interrupt_mcp.store.sql.transaction import Transaction, Unit
from interrupt_mcp.store.sqlite.checkpointer import Checkpointer
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.store import SqliteStore

AGENT = "hotel"
BOOK = "Book a stay at the McKittrick hotel"
SEARCH = 'call search_hotels {"city": "Paris"}'
AT_ONCE = 200
_TOLD = 10_000


@dataclass(frozen=True)
class Original:
    """A run that was really driven."""

    run: Run
    effects: tuple[Effect, ...]
    checkpoints: tuple[CheckpointTuple, ...]


class Remembering(SerializerProtocol):
    """A serializer that writes the same object once, however often it is asked to."""

    def __init__(self, inner: SerializerProtocol) -> None:
        self._inner = inner
        self._written: dict[int, tuple[object, tuple[str, bytes]]] = {}

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        # The object is kept as well, so that no other one gets its id.
        if id(obj) not in self._written:
            self._written[id(obj)] = (obj, self._inner.dumps_typed(obj))
        return self._written[id(obj)][1]

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        return self._inner.loads_typed(data)


class Bundle:
    """A journal that keeps nothing itself: what it is given becomes one unit."""

    thread_id = ""

    def __init__(self) -> None:
        self._units: list[Unit[None]] = []

    def submit(self, unit: Unit[None]) -> None:
        self._units.append(unit)

    async def settled(self) -> None:
        pass

    def settle(self) -> None:
        pass

    def together(self, tx: Transaction) -> None:
        for unit in self._units:
            unit(tx)


class Copies:
    """Writes runs that are as one that was really driven."""

    def __init__(self, database: Database, project: str) -> None:
        # Nobody holds its lock: to all others its process is dead.
        self._store = SqliteStore(database, Reach(project, this_user().principal), uuid.uuid4().hex)
        self._serde = Remembering(self._store.checkpoints().serde)

    async def begin(self, message: str) -> ClaimedRun:
        """A run that is being driven."""
        run_id = RunId(uuid.uuid4().hex)
        thread_id = ThreadId(uuid.uuid4().hex)
        new = NewRun(run_id, thread_id, AGENT, Message(message), request_digest="", approver=Approver.CLIENT)
        claimed = (await self._store.runs.start(new, "a benchmark")).claimed
        assert claimed is not None
        return claimed

    async def finish(self, original: Original) -> None:
        claimed = await self._copied(original, SEARCH)
        await self._store.journal(claimed).finish(original.run.answer, {}, 0)

    async def pause(self, original: Original) -> None:
        claimed = await self._copied(original, BOOK)
        drive = self._store.journal(claimed)
        drive.record(original.effects)
        asked = {interrupt.langgraph_id: interrupt.question for interrupt in original.run.interrupts}
        await drive.pause(asked, {})

    async def _copied(self, original: Original, message: str) -> ClaimedRun:
        claimed = await self.begin(message)
        bundle = Bundle()
        saver = Checkpointer(self._store.database, self._store.reach, bundle)
        saver.serde = self._serde
        for found in original.checkpoints:
            _put(saver, found, claimed.run)
        self._store.journal(claimed).submit(bundle.together)
        return claimed


def _put(saver: Checkpointer, found: CheckpointTuple, run: Run) -> None:
    conf = found.config["configurable"]
    place = {"thread_id": run.thread_id, "checkpoint_ns": conf["checkpoint_ns"]}
    parent = found.parent_config["configurable"]["checkpoint_id"] if found.parent_config else None
    saver.put(
        {"configurable": {**place, "checkpoint_id": parent}},
        found.checkpoint,
        {**found.metadata, RUN_MARK: run.run_id},  # type: ignore[typeddict-unknown-key]  # a mark of ours
        {},
    )
    for task_id, writes in groupby(found.pending_writes or (), key=lambda write: write[0]):
        here = {"configurable": {**place, "checkpoint_id": conf["checkpoint_id"]}}
        saver.put_writes(here, [(channel, value) for _, channel, value in writes], task_id)


async def seed(settings: Settings, threads: int = 0, pending: int = 0, in_flight: int = 0) -> None:
    """Add so many of each."""
    finished, waiting = await _originals(settings, threads > 0, pending > 0)
    async with running(settings) as app:
        copies = Copies(_database(await app.store()), settings.project)
        if finished is not None:
            await _many(threads - 1, lambda: copies.finish(finished))
        if waiting is not None:
            await _many(pending - 1, lambda: copies.pause(waiting))
        await _many(in_flight, lambda: copies.begin(BOOK))


async def _originals(settings: Settings, finished: bool, waiting: bool) -> tuple[Original | None, Original | None]:
    async with (
        running(settings) as app,
        Client(build_server(app.runs_of, app.agents, VERSION, settings)) as client,
    ):
        store = await app.store()

        async def original(message: str, status: str) -> Original:
            result = await client.call_tool("start_run", {"agent": AGENT, "message": message})
            body: dict[str, Any] = result.structured_content or {}
            assert body.get("status") == status, result
            rows = _database(store).read("SELECT * FROM effects WHERE run_id = ? ORDER BY seq", (body["run_id"],))
            saver = Checkpointer(_database(store), store.reach)
            checkpoints = tuple(saver.list({"configurable": {"thread_id": body["thread_id"]}}))
            return Original(await store.runs.get(body["run_id"]), tuple(map(effect_of, rows)), checkpoints[::-1])

        return (
            await original(SEARCH, "success") if finished else None,
            await original(BOOK, "interrupted") if waiting else None,
        )


def _database(store: Store) -> Database:
    assert isinstance(store, SqliteStore)
    return store.database


async def _many(count: int, make: Callable[[], Awaitable[object]]) -> None:
    left = max(0, count)

    async def some() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await make()
            if left and left % _TOLD == 0:
                print(f"{count - left} of {count}", file=sys.stderr, flush=True)

    async with anyio.create_task_group() as tasks:
        for _ in range(min(left, AT_ONCE)):
            tasks.start_soon(some)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.seed")
    parser.add_argument("database", type=Path)
    for name in ("threads", "pending", "in-flight"):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
    parser.add_argument("--config")
    given = parser.parse_args()
    url = f"sqlite:///{given.database.absolute()}"
    settings = read_settings(os.environ, config=given.config, database=url, cwd=Path.cwd())
    began = time.perf_counter()
    anyio.run(seed, settings, given.threads, given.pending, given.in_flight)
    size, took = given.database.stat().st_size / 1e6, time.perf_counter() - began
    print(
        f"{given.database}: {given.threads} finished threads, {given.pending} runs that wait, {given.in_flight} in"
        f" flight; {size:.1f} MB in {took:.0f} s"
    )


if __name__ == "__main__":
    main()
