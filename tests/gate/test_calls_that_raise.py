"""A decided call that raises: whether it had an effect is not known, so nothing repeats it but a person's word."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide, decided_in_turn
from tests.effects import Effects

pytestmark = pytest.mark.anyio
DEFS = pytest.mark.parametrize("define", ["", "_async"], ids=["def", "async def"])
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
