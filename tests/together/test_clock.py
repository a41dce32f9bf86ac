"""Nothing goes by the clock but what a person reads: it may be set back or forward, in any of the processes."""

from pathlib import Path

import pytest

from tests.clocks import Clock
from tests.together.conftest import Home, Start

pytestmark = pytest.mark.anyio


@pytest.fixture
def ahead(tmp_path: Path) -> dict[str, str]:
    """The variables of a process whose clock is an hour ahead."""
    clock = Clock(tmp_path)
    clock.go_on(hours=1)
    return clock.environ


async def test_a_clock_that_is_set_back_between_two_processes_loses_nothing(
    start: Start, home: Home, ahead: dict[str, str]
) -> None:
    async with start(**ahead) as process:
        door = process.door
        first = await door.call("start_run", agent="refunds", message="1", thread_id="t")
        first = await door.call("resume_run", run_id=first["run_id"], decisions=[{"type": "accept"}])
        assert first["status"] == "success"
        waiting = await door.call("start_run", agent="refunds", message="3")
        before = (await door.call("get_thread", thread_id="t"))["checkpoints"][0]["checkpoint_id"]
    async with start() as process:
        door = process.door
        second = await door.call("start_run", agent="refunds", message="2", thread_id="t")
        assert second["status"] == "interrupted"
        thread = await door.call("get_thread", thread_id="t", limit=100)
        assert before in [checkpoint["checkpoint_id"] for checkpoint in thread["checkpoints"][1:]]
        assert [m["content"] for m in thread["values"]["messages"] if m["type"] == "human"] == ["1", "2"]
        listed = (await door.call("list_runs"))["runs"]
        assert [run["run_id"] for run in listed] == [second["run_id"], waiting["run_id"], first["run_id"]]
        second = await door.call("resume_run", run_id=second["run_id"], decisions=[{"type": "accept"}])
        assert second["status"] == "success"
        third = await door.call("resume_run", run_id=waiting["run_id"], decisions=[{"type": "accept"}])
        assert third["status"] == "success"
    assert home.acts == ["refund 1", "refund 2", "refund 3"]
