"""A process dies in a call that is made deep inside, or that no question showed: it is known all the same."""

import pytest

from tests.conftest import Offer
from tests.crash.dying import Crashing, settled
from tests.deciding import ACCEPT, decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio

INNERS = {"batched": "batched_inside", "tools that ask": "asking_inside"}


@pytest.mark.parametrize("word", ["respond", "reject"])
@pytest.mark.parametrize("kind", INNERS)
async def test_a_call_of_an_agent_inside_a_tool_is_in_doubt(
    crashing: Crashing, offer: Offer, effects: Effects, kind: str, word: str
) -> None:
    crash = crashing(offer(desk=f"deep:{INNERS[kind]}"))
    run = await crash.begin()
    (question,) = run["interrupts"]
    await crash.resume_and_die("after b", run, ACCEPT)
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (question["interrupt_id"], "unknown_outcome")
        run = await decide(door, run, {"type": word, "message": "as I saw myself"})
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["a", "b"]
    assert "as I saw myself" in run["answer"]


async def test_a_call_in_doubt_that_no_question_showed_is_dropped(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    """What was decided about it is known by tool and arguments alone."""
    crash = crashing(offer(desk="deep:unseen"))
    run = await crash.begin(input={"chat": [{"role": "user", "content": "go"}]})
    await crash.resume_and_die("after b", run, ACCEPT)
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        assert run["interrupts"][0]["status"] == "unknown_outcome"
        word = {"type": "reject", "message": "as I saw myself"}
        run = await decide(door, run, word)
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["b"]
    assert "it was not done again: as I saw myself" in str(run["output"])
