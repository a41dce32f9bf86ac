"""The same over a real server process: a rewind outlives the server, and the timeline is there in the next one."""

from pathlib import Path

import pytest

from tests.processes import VERSIONS, over_stdio
from tests.threads.past import actions, before, checkpoints, decide

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("version", VERSIONS[:2])
async def test_a_finished_run_is_gone_back_behind_its_approval_in_another_process(tmp_path: Path, version: str) -> None:
    environ = {"DESK_DATABASE": str(tmp_path / "desk.db")}
    async with over_stdio(tmp_path, version, environ) as door:
        run = await door.call("start_run", agent="desk", message="Refund 20 of order 1001 because it came late")
        await decide(door, run, "accept")
        between = await before(door, run["thread_id"], "tools")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=between)
        assert again["status"] == "interrupted"
    async with over_stdio(tmp_path, version, environ) as door:
        pending = await door.call("get_run", run_id=again["run_id"])
        assert actions(pending) == ["refund_order"]
        finished = await decide(door, pending, "edit", args={"order_id": 1001, "amount": 5.0, "reason": "less"})
        assert finished["status"] == "success"
        assert "Refunded 5.00 of order 1001" in finished["answer"]
        past = await checkpoints(door, run["thread_id"])
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
        order = await door.call("start_run", agent="desk", message="Show order 1001", thread_id=copy["thread_id"])
    assert {c["branch"] for c in past} == {1, 2}
    assert "refunded 25.00" in order["answer"]
