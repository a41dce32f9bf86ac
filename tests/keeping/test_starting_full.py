"""A process that starts beside much that waits does no more for its first answers than one that finds little."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.store.sqlite.database import Database
from tests.benchmarks.seed import seed
from tests.conftest import Door, Serve

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

FEW, MANY = 30, 300
IN_FLIGHT = 3


@dataclass
class Work:
    """What SQLite did for those who read."""

    statements: int = 0
    steps: int = 0
    """Instructions of its virtual machine: what it looked at, whatever the time of day."""


@contextmanager
def counted(database: Database) -> Iterator[Work]:
    work = Work()

    def statement(_sql: str) -> None:
        work.statements += 1

    def step() -> None:
        work.steps += 1

    reader = database.reader
    reader.set_trace_callback(statement)
    reader.set_progress_handler(step, 1)
    try:
        yield work
    finally:
        reader.set_trace_callback(None)
        reader.set_progress_handler(None, 0)


async def seeded(home: Path, pending: int, in_flight: int) -> dict[str, str]:
    """The variables of a server on a database with so many."""
    environ = {"HOME": str(home), "INTERRUPT_MCP_DATABASE": f"sqlite:///{home}/{pending}.db"}
    await seed(read_settings(environ, cwd=home), pending=pending, in_flight=in_flight)
    return environ


async def looked(door: Door) -> Work:
    """What the first lists cost that a client asks for."""
    assert door.app is not None
    with counted((await door.app.store()).database) as work:
        assert len((await door.call("list_interrupts"))["interrupts"]) == 20
        assert len((await door.call("list_runs"))["runs"]) == 20
    return work


async def taken_up(door: Door) -> Work:
    """What it costs to find out which runs are to be gone on with; they are gone on with after that."""
    assert door.app is not None
    with counted((await door.app.store()).database) as work:
        await door.app.take_up()
    return work


async def test_what_is_read_for_the_first_answers_does_not_grow_with_what_waits(serve: Serve, tmp_path: Path) -> None:
    found: dict[int, tuple[Work, Work]] = {}
    for pending, in_flight in ((FEW, 0), (MANY, IN_FLIGHT)):
        async with serve(environ=await seeded(tmp_path, pending, in_flight)) as door:
            assert (await door.client.list_tools()).tools
            found[pending] = await looked(door), await taken_up(door)
            await goes_on(door, pending + in_flight)
    (few, nothing), (many, some) = found[FEW], found[MANY]
    assert many.statements == few.statements
    assert many.steps == pytest.approx(few.steps, rel=0.05)
    assert some.statements == nothing.statements == 1
    assert some.steps - nothing.steps < 30 * IN_FLIGHT


async def goes_on(door: Door, waiting: int) -> None:
    """All that was in flight comes to its question, and what waited can be decided as if nothing had happened."""
    while [*(await runs(door, "pending")), *(await runs(door, "running"))]:
        for run in await runs(door, "running"):
            await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    pending: list[dict[str, Any]] = []
    page = await door.call("list_interrupts", limit=100)
    pending += page["interrupts"]
    while "next_cursor" in page:
        page = await door.call("list_interrupts", limit=100, cursor=page["next_cursor"])
        pending += page["interrupts"]
    assert len(pending) == waiting
    for each in (pending[0], pending[waiting // 2]):
        decision = {"type": "reject", "message": "not now"}
        ended = await door.call("resume_run", run_id=each["run_id"], decisions=[decision])
        assert ended["status"] == "success"


async def runs(door: Door, status: str) -> list[dict[str, Any]]:
    return list((await door.call("list_runs", status=status))["runs"])


async def test_the_resource_of_what_waits_ends_somewhere_and_says_where_to_go_on(serve: Serve, tmp_path: Path) -> None:
    environ = await seeded(tmp_path, 1003, 0)
    async with serve(environ=environ) as door:
        (resource,) = (await door.client.read_resource("interrupts://pending")).contents
        pending = json.loads(resource.text)
        assert len(pending["interrupts"]) == 1000
        rest = await door.call("list_interrupts", cursor=pending["next_cursor"])
        assert len(rest["interrupts"]) == 3
        assert "next_cursor" not in rest
        seen = [each["interrupt_id"] for each in (*pending["interrupts"], *rest["interrupts"])]
        assert len(set(seen)) == 1003
