"""LangGraph's own suite for checkpointers, over the checkpointer that drives use, on a real file."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import BASE_CAPABILITIES

from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sqlite.checkpointer import Checkpointer
from interrupt_mcp.store.sqlite.database import Database
from tests.keeping.conftest import Journal

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

LEFT_OUT = {
    # Which checkpoints of a thread are needed is for the store to decide: `Threads.prune`, and `interrupt-mcp prune`.
    "prune",
    # A copy is also a thread of ours, and takes along nothing that was pending: `Threads.copy`, through fork_thread.
    "copy_thread",
    # Its runs are LangSmith's, by a `run_id` in metadata; here a run's checkpoints are its thread's, and end with it.
    "delete_for_runs",
}
"""What a checkpointer need not do, and why this one does not."""


async def test_the_checkpointer_does_what_langgraph_expects_of_one(tmp_path: Path) -> None:
    numbers = itertools.count()

    @checkpointer_test(name="interrupt-mcp")
    async def ours() -> AsyncGenerator[BaseCheckpointSaver, None]:
        database = Database(tmp_path / f"{next(numbers)}.db")
        yield Checkpointer(database, Reach("project"), Journal(database))
        await asyncio.to_thread(database.close)

    report = await validate(ours)
    failures = [failure for result in report.results.values() for failure in result.failures]
    assert failures == []
    tested = {name for name, result in report.results.items() if result.detected}
    assert tested == {capability.value for capability in BASE_CAPABILITIES}
    assert set(report.results) - tested == LEFT_OUT
    assert sum(result.tests_passed for result in report.results.values()) >= 50
