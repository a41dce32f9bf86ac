"""Nodes that stop their graph by an exception: no answer reaches them, so they are asked about as at a breakpoint."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide

pytestmark = pytest.mark.anyio
LONG = {"text": "much too long", "seen": []}


async def test_it_is_said_that_no_answer_helps_and_what_does(serve: Serve, offer: Offer, era: str) -> None:
    async with serve(offer("stopping:checks"), mode=era) as door:
        run = await door.call("start_run", agent="checks", input=LONG)
        asked = run["interrupts"][0]
        again = await decide(door, run, ACCEPT)
        thread = await door.call("get_thread", thread_id=run["thread_id"])
        checkpoint_id = thread["checkpoints"][0]["checkpoint_id"]
        other = await door.call(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=checkpoint_id, values={"text": "ok"}
        )
    assert asked["dialect"] == "breakpoint"
    assert asked["value"] == {"too_long": "much too long"}
    assert "rewind_thread" in asked["description"]
    assert asked["requests"] == [{"index": 0, "action": "run check again", "args": {}, "allowed": ["accept", "reject"]}]
    assert [again["status"], again["interrupts"][0]["code"] != asked["code"]] == ["interrupted", True]
    assert other["output"]["seen"] == ["before", "check ok"]


async def test_it_is_asked_again_in_other_processes_and_a_reject_cancels(serve: Serve, offer: Offer) -> None:
    config = offer("stopping:checks")
    async with serve(config) as door:
        run = await door.call("start_run", agent="checks", input=LONG)
    for _ in range(2):
        async with serve(config) as door:
            run = await decide(door, run, ACCEPT)
        assert run["status"] == "interrupted"
    async with serve(config) as door:
        run = await decide(door, run, {"type": "reject"})
        new = await door.call("start_run", agent="checks", input={"text": "ok"}, thread_id=run["thread_id"])
    assert run["status"] == "cancelled"
    assert new["output"]["seen"][-1] == "check ok"


async def test_several_that_stop_side_by_side_are_one_question(serve: Serve, offer: Offer) -> None:
    async with serve(offer("stopping:checks_twice")) as door:
        run = await door.call("start_run", agent="checks_twice", input=LONG)
    (asked,) = run["interrupts"]
    assert asked["requests"][0]["action"] == "run left, right again"
    assert asked["value"] == {"left": {"too_long": "much too long"}, "right": {"too_long": "much too long"}}
