"""A process is killed at each moment in the life of one call: nothing acknowledged is lost, nothing is done twice."""

from typing import Any

import pytest

from tests.conftest import Door, Offer
from tests.crash.dying import Crash, Crashing, settled
from tests.deciding import ACCEPT, decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio


@pytest.fixture
def crash(crashing: Crashing, offer: Offer) -> Crash:
    return crashing(offer(desk="paying:pays"))


async def started(door: Door) -> dict[str, Any]:
    return await door.call("start_run", agent="desk", message="go", thread_id="t")


async def answers_afterwards(door: Door) -> None:
    """Check that the thread takes another message, and that its history is one that models take."""
    run = await door.call("start_run", agent="desk", message="and now?", thread_id="t")
    assert run["status"] == "success"
    messages = (await door.call("get_thread", thread_id="t"))["values"]["messages"]
    called = [c["id"] for message in messages for c in message.get("tool_calls", [])]
    assert called == [message["tool_call_id"] for message in messages if message["type"] == "tool"]


STARTING = [
    "before start 1",
    "after start 1",
    "before putting 1",
    "after putting 1",
    "before put_writes 2",
    "before record 1",
    "after record 1",
    "before pause 1",
    "after pause 1",
]


@pytest.mark.parametrize("moment", STARTING)
async def test_a_start(crash: Crash, effects: Effects, moment: str) -> None:
    acknowledged = await crash.at(
        moment, lambda door: door.call("start_run", agent="desk", message="go", thread_id="t", wait_seconds=0)
    )
    async with crash.next_process() as door:
        runs = (await door.call("list_runs"))["runs"]
        if acknowledged is None and not runs:
            runs = [await started(door)]
        (run,) = runs
        if acknowledged is not None:
            assert run["run_id"] == acknowledged["run_id"]
        run = await settled(door, run["run_id"])
        (question,) = run["interrupts"]
        assert question["status"] == "pending"
        assert effects.lines == []
        run = await decide(door, run, ACCEPT)
        assert run["status"] == "success"
        assert effects.lines == ["pay 5"]
        await answers_afterwards(door)


GOES_ON = [
    "before deliver 1",
    "after deliver 1",
    "before record 1",
    "after record 2",
    "before put_writes 1",
    "after put_writes 1",
    "before putting 1",
    "before finish 1",
    "after finish 1",
]
"""Moments at which it is known whether the call was made."""


@pytest.mark.parametrize("moment", ["before decide 1", "after decide 1", *GOES_ON])
async def test_a_decision_is_carried_out_once(crash: Crash, effects: Effects, moment: str) -> None:
    run = await crash.begin()
    acknowledged = await crash.resume_and_die(moment, run, ACCEPT)
    async with crash.next_process() as door:
        if acknowledged is None:
            await decide(door, run, ACCEPT, wait_seconds=0)
        run = await settled(door, run["run_id"])
        assert run["status"] == "success"
        assert effects.lines == ["pay 5"]
        assert run["answer"] == "success: paid 5"
        await answers_afterwards(door)


IN_DOUBT = {
    "after record 1": 0,
    "in the tool, before the effect": 0,
    "in the tool, after the effect": 1,
    "before record 2": 1,
}
"""Moments at which nobody can know it, with how often it was."""
WORDS: dict[str, tuple[dict[str, Any], int, str]] = {
    "accept": (ACCEPT, 1, "success: paid 5"),
    "respond": ({"type": "respond", "value": "it was paid"}, 0, "success: it was paid"),
    "reject": (
        {"type": "reject", "message": "leave it"},
        0,
        "error: It is not known whether pay was done, and it was not done again: leave it",
    ),
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("moment", ["in the tool, before the effect", "before record 2"])
async def test_what_may_have_happened_is_asked_and_answered(
    crash: Crash, effects: Effects, moment: str, word: str
) -> None:
    decision, more, answer = WORDS[word]
    await in_doubt(crash, effects, moment, decision, more, answer)


@pytest.mark.parametrize("moment", ["after record 1", "in the tool, after the effect"])
async def test_what_may_have_happened_is_asked(crash: Crash, effects: Effects, moment: str) -> None:
    await in_doubt(crash, effects, moment, *WORDS["respond"])


async def in_doubt(
    crash: Crash, effects: Effects, moment: str, decision: dict[str, Any], more: int, answer: str
) -> None:
    run = await crash.begin()
    (question,) = run["interrupts"]
    await crash.resume_and_die(moment, run, ACCEPT)
    assert effects.lines == ["pay 5"] * IN_DOUBT[moment]
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (question["interrupt_id"], "unknown_outcome")
        assert doubt["requests"][0]["allowed"] == ["accept", "respond", "reject"]
        assert doubt["digest"] != question["digest"]
        assert (await door.call("list_interrupts"))["interrupts"] == [doubt]
        run = await decide(door, run, decision)
        assert run["status"] == "success"
        assert run["answer"] == answer
        assert effects.lines == ["pay 5"] * (IN_DOUBT[moment] + more)
        await answers_afterwards(door)


async def test_a_word_about_one_death_is_not_taken_for_the_next(crash: Crash, effects: Effects) -> None:
    """Who says again what was not acknowledged, with what was shown then, does not permit the action once more."""
    run = await crash.begin()
    accept = ACCEPT
    for times in (1, 2):
        await crash.resume_and_die("in the tool, after the effect", run, accept)
        assert effects.lines == ["pay 5"] * times
        said = accept
        async with crash.next_process() as door:
            run = await settled(door, run["run_id"])
            (doubt,) = run["interrupts"]
            assert (doubt["status"], doubt["requests"][0]["round"]) == ("unknown_outcome", times)
            assert doubt["round"] == times
        accept = {"type": "accept", "digest": doubt["digest"]}
    async with crash.next_process() as door:
        late = await door.error("resume_run", run_id=run["run_id"], decisions=[said])
        assert late.startswith("stale_digest: ")
        assert (await door.call("get_run", run_id=run["run_id"]))["interrupts"] == run["interrupts"]
    assert effects.lines == ["pay 5"] * 2
