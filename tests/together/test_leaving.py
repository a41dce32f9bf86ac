"""A client closes its chat: what its server drove goes on in the next process, and nobody is asked about it."""

import pytest

from tests.conftest import Serve
from tests.patience import until
from tests.processes import over_stdio
from tests.together.conftest import Home

pytestmark = pytest.mark.anyio

STEPS = 24


async def test_a_run_of_many_steps_goes_on_after_its_server_lost_its_input(here: Home, serve: Serve) -> None:
    async with over_stdio(here.path, "2025-11-25", here.environ) as door:
        walk = {"agent": "held_walk", "input": {"steps": STEPS}, "wait_seconds": 0}
        run = await door.call("start_run", **walk)
        await until(lambda: len(here.acts) > 3)
    left = len(here.acts)
    assert 3 < left < STEPS
    here.go()
    async with serve(here.config) as door:
        assert door.app is not None
        await door.app.take_up()
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"
        assert ended["output"] == {"steps": STEPS, "done": list(range(STEPS))}
    assert here.acts == [f"step {number}" for number in range(STEPS)]
    assert "is let go" in (here.path / "stderr.txt").read_text()


async def test_who_decides_and_leaves_at_once_is_not_asked_again(here: Home, serve: Serve) -> None:
    here.go()
    async with over_stdio(here.path, environ=here.environ) as door:
        run = await door.call("start_run", agent="answers", message="Hello")
        decision = {"decisions": [{"type": "respond", "value": 5}], "wait_seconds": 0}
        await door.call("resume_run", run_id=run["run_id"], **decision)
    async with serve(here.config) as door:
        assert door.app is not None
        await door.app.take_up()
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"
    assert here.acts == ["answered 5"]
