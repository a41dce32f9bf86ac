"""What a driver writes, once another process drives the run: it is refused, and whoever waits for it is told."""

import asyncio
import gc
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint

from interrupt_mcp.authority import this_user
from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.errors import Forbidden
from interrupt_mcp.model import Message, Principal, RunId, ThreadId
from interrupt_mcp.store.records import Fenced, NewRun, Reach
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
RUN = NewRun(RunId("run"), ThreadId("t"), "desk", Message("go"), "")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.db")
    yield database
    database.close()


async def replaced(database: Database) -> None:
    """A driver is replaced while others wait for what it writes, and stop waiting before they hear of it."""
    one, other = (SqliteStore(database, Reach("project", this_user().principal), owner) for owner in ("one", "other"))
    begun = await one.runs.start(RUN, "somebody")
    run_id, claimed = begun.run_id, begun.claimed
    assert claimed is not None
    drive = one.journal(claimed)
    assert await other.runs.claim(run_id, "one") is not None
    busy = threading.Event()
    database.submit(lambda _: busy.wait(PATIENCE))
    async with anyio.create_task_group() as tasks:
        for work in (drive.write(lambda _: None), result_of(drive.record([])), drive.settled()):
            tasks.start_soon(lambda work=work: work)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    busy.set()
    for _ in range(2):
        with pytest.raises(Fenced):
            await drive.settled()
    with pytest.raises(Fenced):
        drive.settle()
    # The writer knows what it wrote last.
    await database.write(lambda _: None)


async def test_a_driver_that_was_replaced_is_refused_and_leaves_no_noise(database: Database) -> None:
    """Python writes to stderr what nobody looked at, and who stopped waiting looks at no error."""
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    await replaced(database)
    gc.collect()
    assert unheard == []


async def test_an_agent_writes_to_no_thread_of_somebody_else_whatever_its_code_says(database: Database) -> None:
    theirs = SqliteStore(database, Reach("project", Principal.read("token:ann")), "one")
    await theirs.runs.start(RUN, "ann")
    ours = SqliteStore(database, Reach("project", Principal.read("token:bob")), "one")
    begun = await ours.runs.start(replace(RUN, run_id=RunId("ours"), thread_id=ThreadId("ours")), "bob")
    claimed = begun.claimed
    assert claimed is not None
    saver = ours.checkpoints(ours.journal(claimed))
    config: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "1"}}
    for write in (
        lambda: saver.put(config, empty_checkpoint(), {}, {}),
        lambda: saver.put_writes(config, [("messages", "hello")], "task"),
        lambda: saver.delete_thread("t"),
    ):
        with pytest.raises(Forbidden):
            write()
