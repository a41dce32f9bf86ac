"""A thousand runs at once on two workers."""

import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from tests.patience import PATIENCE
from tests.workers.front import Front, front

pytestmark = [pytest.mark.anyio, pytest.mark.linux, pytest.mark.sqlite]
T = TypeVar("T")
MANY, AT_ONCE = 1000, 40
"""Runs, and calls that are on their way at once: connections are a server's to limit."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_thousand_runs_at_once_all_reach_their_pause_and_are_all_decided_once(tmp_path: Path) -> None:
    async with front(tmp_path, INTERRUPT_MCP_MAX_RUNS="600") as running:
        await _each(range(MANY), lambda number: running.start("asks", str(number)))
        ids = await _all(running, "interrupted")
        await _each(ids, partial(_decide, running))
        assert await _all(running, "success") == ids
        assert "ERROR" not in running.log
        assert len({each.rpartition(" ")[2] for each in _answers(running)}) == 2


async def _each(given: Iterable[T], do: Callable[[T], Awaitable[object]]) -> None:
    """Do it with each, some at once."""
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def one(each: T) -> None:
        async with limiter:
            await do(each)

    async with anyio.create_task_group() as tasks:
        for each in given:
            tasks.start_soon(one, each)


async def _decide(running: Front, run_id: str) -> None:
    decision = {"type": "respond", "value": run_id}
    run = await running.door.call("resume_run", run_id=run_id, decisions=[decision], wait_seconds=0)
    assert run["status"] in ("running", "pending", "success")


async def _all(running: Front, status: str) -> list[str]:
    """The ids of all runs, once each has this status."""
    with anyio.fail_after(2 * PATIENCE):
        while _statuses(running) != {status: MANY}:
            await anyio.sleep(0.1)
    return [str(row[0]) for row in _rows(running, "SELECT run_id FROM runs ORDER BY run_id")]


def _statuses(running: Front) -> Counter[str]:
    return Counter(str(row[0]) for row in _rows(running, "SELECT status FROM runs"))


def _answers(running: Front) -> list[str]:
    return [str(row[0]) for row in _rows(running, "SELECT answer FROM runs")]


def _rows(running: Front, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(running.home / "state.db", timeout=PATIENCE)) as connection:
        return connection.execute(sql).fetchall()
