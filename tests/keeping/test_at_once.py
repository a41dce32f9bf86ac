"""Many runs of one process read over one connection, and write behind: each sees what it wrote, whatever others do."""

import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.serde.types import INTERRUPT
from langgraph.types import Interrupt

from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sqlite.checkpointer import Checkpointer
from interrupt_mcp.store.sqlite.database import Database
from tests.keeping.conftest import Journal
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

PAGE = 64
"""Rows that a look fetches at once; while there are more of them, it sees the file as it was when it began."""
PLACE: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.db")
    yield database
    database.close()


@pytest.fixture
def savers(database: Database) -> list[Checkpointer]:
    """The checkpointers of two drives of one process."""
    return [Checkpointer(database, Reach("project"), Journal(database)) for _ in range(2)]


async def written(saver: Checkpointer, step: int) -> str:
    checkpoint = {**empty_checkpoint(), "id": str(uuid6(clock_seq=step))}
    await saver.aput(PLACE, checkpoint, {"source": "loop", "step": step, "parents": {}}, {})  # type: ignore[arg-type]
    return str(checkpoint["id"])


async def test_what_was_written_is_read_while_somebody_else_is_in_the_middle_of_reading(
    savers: list[Checkpointer],
) -> None:
    one, other = savers
    for step in range(PAGE + 2):
        await written(one, step)
    found: list[CheckpointTuple | None] = []

    async def look() -> None:
        found.append(await one.aget_tuple(PLACE))

    async with anyio.create_task_group() as tasks:
        slowly = other.alist(PLACE)
        await anext(slowly)
        last = await written(one, PAGE + 2)
        tasks.start_soon(look)
        await anyio.wait_all_tasks_blocked()
        async for _ in slowly:
            pass
    assert [each and each.checkpoint["id"] for each in found] == [last]


async def test_what_is_still_being_written_is_seen_where_an_agent_inside_a_tool_asked(
    database: Database, savers: list[Checkpointer]
) -> None:
    busy = threading.Event()
    database.submit(lambda _: busy.wait(PATIENCE))
    saver = savers[0]
    below: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": "tools:1", "checkpoint_id": "1"}}
    saver.put_writes(below, [(INTERRUPT, [Interrupt("may I?", id="asked")])], "task")
    found: list[dict[str, str]] = []

    async def look() -> None:
        found.append(await saver.asked_below("t"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(look)
        await anyio.wait_all_tasks_blocked()
        busy.set()
    assert found == [{"asked": "tools:1"}]
