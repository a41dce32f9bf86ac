"""A decided call that raises: whether it had an effect is not known, so nothing repeats it but a person's word."""

from pathlib import Path

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide, decided_in_turn
from tests.effects import Effects
from tests.patience import until

pytestmark = pytest.mark.anyio
DEFS = pytest.mark.parametrize("define", ["", "_async"], ids=["def", "async def"])
RAISING = Path(__file__).with_name("agents") / "raising.py"
LINE = 1 + RAISING.read_text().splitlines().index('        raise RuntimeError("the line went dead")')
WENT_WRONG = f"RuntimeError: the line went dead (node 'tools', tool 'pay', {RAISING}:{LINE})"
WAYS_TO_RETRY = {
    "nothing retries": "pays",
    "middleware retries": "middleware_retries",
    "the node retries": "node_retries",
    "a wrapper retries": "wrapper_retries",
}


@DEFS
@pytest.mark.parametrize("way", WAYS_TO_RETRY)
async def test_a_decided_call_that_raises_is_not_repeated_but_asked_about(
    serve: Serve, offer: Offer, effects: Effects, define: str, way: str
) -> None:
    config = offer(desk=f"raising:{WAYS_TO_RETRY[way] + define}")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        (first,) = run["interrupts"]
        assert first["requests"][0]["action"] == "pay"
        run = await decide(door, run, ACCEPT)
        assert effects.lines == ["pay 5"]
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (first["interrupt_id"], "unknown_outcome")
        assert run["error"] == {"code": "agent_error", "message": WENT_WRONG}
        assert WENT_WRONG in run["next_step"]
        assert doubt["requests"][0]["allowed"] == ["accept", "respond", "reject"]
        assert "It is not known whether the action was done" in run["next_step"]
        run = await decide(door, run, ACCEPT)
        assert effects.lines == ["pay 5", "pay 5"]
        (doubt,) = run["interrupts"]
        run = await decide(door, run, {"type": "respond", "value": {"paid": True}})
    assert run["status"] == "success"
    assert effects.lines == ["pay 5", "pay 5"]
    assert run["answer"] == 'success: {"paid":true}'


@pytest.mark.parametrize("way", WAYS_TO_RETRY)
async def test_a_call_in_doubt_that_is_dropped_is_not_made_again_and_the_model_is_told(
    serve: Serve, offer: Offer, effects: Effects, way: str
) -> None:
    config = offer(desk=f"raising:{WAYS_TO_RETRY[way]}")
    run = await decided_in_turn(serve, config, ACCEPT, {"type": "reject", "message": "I shall look myself"})
    assert run["status"] == "success"
    assert effects.lines == ["pay 5"]
    assert (
        run["answer"] == "error: It is not known whether pay was done, and it was not done again: I shall look myself"
    )


async def test_a_sensitive_function_that_raised_under_a_retry_shows_its_own_error(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    run = await decided_in_turn(serve, offer(desk="raising:function_retries"), ACCEPT)
    assert effects.lines == ["charge 5"]
    assert [doubt["status"] for doubt in run["interrupts"]] == ["unknown_outcome"]
    assert run["error"]["message"].startswith("RuntimeError: the till is shut (node 'charges', ")


async def test_a_call_whose_process_left_before_its_retry_is_asked_about_with_its_own_error(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="raising:retries_late")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        await decide(door, run, ACCEPT, wait_seconds=0)
        await until(lambda: effects.lines)
    async with serve(config) as door:
        run = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert [doubt["status"] for doubt in run["interrupts"]] == ["unknown_outcome"]
        assert run["error"] == {"code": "agent_error", "message": "RuntimeError: the line went dead"}
    assert effects.lines == ["pay 5"]


async def test_an_error_that_the_agent_tells_the_model_is_an_outcome(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    run = await decided_in_turn(serve, offer(desk="raising:tells_the_model"), ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == ["pay 5"]
    assert "the line went dead" in run["answer"]


async def test_a_call_that_nobody_decided_on_may_be_retried_as_ever(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="raising:looks")) as door:
        run = await door.call("start_run", agent="desk", message="go")
    assert run["answer"] == "success: seen"
    assert effects.lines == ["look"] * 3
