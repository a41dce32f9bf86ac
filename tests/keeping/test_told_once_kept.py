"""What a call tells of a run's end is on disk by then, though its result is made while the end is being written."""

from threading import Event
from typing import Any

import anyio
import pytest

from tests.conftest import Serve

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
PATIENCE = 20.0
A_WHILE = 0.2
"""In which a call would be answered that does not wait."""


async def test_the_end_of_a_run_is_told_once_it_is_on_disk(serve: Serve) -> None:
    writing, free, told = Event(), Event(), list[Any]()

    def hold(statement: str) -> None:
        if "UPDATE runs SET status = 'success'" in statement:
            writing.set()
            assert free.wait(PATIENCE)

    async with serve() as door:
        assert door.app is not None
        store = await door.app.store()
        run = await door.call("start_run", agent="hotel", message="Book a stay at the McKittrick hotel")
        await store.database.write(lambda conn: conn.set_trace_callback(hold))

        async def accept() -> None:
            told.append(await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}]))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(accept)
            assert await anyio.to_thread.run_sync(writing.wait, PATIENCE)
            await anyio.sleep(A_WHILE)
            assert (await store.runs.get(run["run_id"])).status == "running"
            assert told == []
            free.set()
        assert told[0]["status"] == "success"
        kept = await store.runs.get(run["run_id"])
        assert (kept.answer, kept.updated_at.isoformat()) == (told[0]["answer"], told[0]["updated_at"])
