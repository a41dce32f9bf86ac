"""The engines, each as it has runs driven that are kept as it needs it; without an agent."""

import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from interrupt_mcp.authority import this_user
from interrupt_mcp.database import PostgresServer
from interrupt_mcp.engine.local import LocalEngine, Told
from interrupt_mcp.engine.port import Engine
from interrupt_mcp.engine.procrastinate import ProcrastinateEngine
from interrupt_mcp.model import Message, RunId, ThreadId
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import NOBODY, NewRun, Reach

PATIENCE = 30.0
LEASE = 3.0


@dataclass(frozen=True)
class Of:
    """A claimed run, as far as an engine looks at it."""

    run_id: RunId
    epoch: int = 1
    is_suspect: bool = False


class Drives:
    """Drives that last until they are told to end, and the claim that each began with."""

    def __init__(self) -> None:
        self.begun: list[Of] = []
        self.going_on: Counter[RunId] = Counter()
        self.suspects: set[RunId] = set()
        self.deaths: dict[RunId, int] = {}
        self.got_on: set[RunId] = set()
        """Of the suspects, those that are none by their claim."""
        self._may_end = anyio.Event()
        self._changed = anyio.Event()

    async def claim(self, run_id: RunId, alone: bool) -> Any:
        if run_id in self.suspects and not alone:
            return InFlight(run_id, "dead", "desk", self.deaths.get(run_id, 2))
        return Of(run_id, is_suspect=run_id in self.suspects - self.got_on)

    async def drive(self, claimed: Any) -> None:
        run_id = claimed.run_id
        self.begun.append(claimed)
        self.going_on[run_id] += 1
        self._change()
        try:
            await self._may_end.wait()
        finally:
            self.going_on[run_id] -= 1
            self._change()

    def end_all(self) -> None:
        before, self._may_end = self._may_end, anyio.Event()
        before.set()

    async def until_begun(self, *drives: Of) -> None:
        with anyio.fail_after(PATIENCE):
            while self.begun != list(drives):
                await self._changed.wait()

    async def until_none(self) -> None:
        with anyio.fail_after(PATIENCE):
            while self.going_on.total():
                await self._changed.wait()

    def _change(self) -> None:
        before, self._changed = self._changed, anyio.Event()
        before.set()


@dataclass(frozen=True)
class Tried:
    """An engine, and the store in which runs are kept for it, where it needs them to be."""

    engine: Engine
    store: Store | None = None

    async def submit(self, run_id: RunId, claimed: Of | None = None) -> None:
        """Keep the run, unless it is kept, and have it driven."""
        if self.store is not None and await self.store.runs.standing(run_id) is None:
            await self.store.runs.start(new_run(run_id), "Ann", self.engine.enqueue(run_id), ownerless=True)
        self.engine.submit(run_id, claimed)  # type: ignore[arg-type]  # it is handed on as it is

    async def cancel(self, run_id: RunId) -> None:
        if self.store is not None:
            await self.store.runs.cancel(run_id, "Ann")
        self.engine.cancel(run_id)


def new_run(run_id: RunId) -> NewRun:
    return NewRun(run_id, ThreadId(f"thread of {run_id}"), "desk", Message("Hello"), request_digest="")


@asynccontextmanager
async def local(drives: Drives, most: int, folder: Path) -> AsyncIterator[Tried]:
    async def got_on(run_id: RunId) -> bool:
        return run_id in drives.got_on

    async with anyio.create_task_group() as tasks:
        yield Tried(LocalEngine(tasks, drives.claim, drives.drive, most, got_on=got_on))
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def procrastinate(
    drives: Drives, most: int, folder: Path, address: PostgresServer | None = None
) -> AsyncIterator[Tried]:
    """One process's engine on the folder's database, or on another one; several share it."""
    address = address or address_of(folder)

    async def got_on(run_id: RunId) -> bool:
        return run_id in drives.got_on

    with closing(open_database(address)) as database:
        owner = database.store(Reach("project"), f"owner {id(drives)}")
        queue = owner.queue
        assert queue is not None

        async def claim(run_id: RunId, alone: bool) -> Any:
            stands = await owner.runs.standing(run_id)
            if stands is None or stands.owner not in (NOBODY, owner.owner, "dead"):
                return None
            found = await drives.claim(run_id, alone)
            if isinstance(found, Of) and await owner.runs.claim(run_id, stands.owner) is None:
                return None
            return found

        async with anyio.create_task_group() as tasks:

            def below(told: Told) -> LocalEngine:
                return LocalEngine(tasks, claim, drives.drive, most, got_on=got_on, told=told)

            engine = ProcrastinateEngine(tasks, queue, most, LEASE, below)
            engine.serve()
            yield Tried(engine, owner.within(Reach("project", this_user().principal)))
            await engine.drain(0)
            tasks.cancel_scope.cancel()


def address_of(folder: Path) -> PostgresServer:
    from tests.postgres import databases

    return PostgresServer(databases.url_of(folder / "state"), folder)


def forget(folder: Path) -> None:
    """Take the folder's database away, if there is one."""
    if sys.platform != "win32":
        from tests.postgres import databases

        databases.forget(folder)


ENGINES = {"local": local, "procrastinate": procrastinate}
