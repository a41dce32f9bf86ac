"""A process dies in one of several calls: only that one is in doubt, and what was decided about the others holds."""

from typing import Any

import pytest

from tests.conftest import Door, Offer
from tests.crash.dying import Crashing, settled
from tests.deciding import ACCEPT, by_name, decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio

WAYS = {"tools that ask": "tools_that_ask", "batched": "batched", "per call": "per_call"}


@pytest.mark.parametrize("way", WAYS)
async def test_one_of_three_parallel_calls_is_in_doubt(
    crashing: Crashing, offer: Offer, effects: Effects, way: str
) -> None:
    crash = crashing(offer(desk=f"several:{WAYS[way]}"))
    run = await crash.begin()
    asked = by_name(run)
    await crash.resume_and_die("after b", run, *(decision(i, "accept", index=n) for i, n in asked.values()))
    assert sorted(effects) == ["a", "b", "c"]
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        doubts = by_name(run)
        assert list(doubts) == ["b"]
        interrupt, index = doubts["b"]
        assert interrupt["status"] == "unknown_outcome"
        assert interrupt["interrupt_id"] == asked["b"][0]["interrupt_id"]
        await what_was_decided_about_a_stays(door, run["run_id"], *asked["a"])
        run = await decide(door, run, decision(interrupt, "accept", index=index))
        assert run["status"] == "success", run.get("error")
        assert run["answer"].splitlines() == ["success: did a", "success: did b", "success: did c"]
    assert sorted(effects) == ["a", "b", "b", "c"]


async def what_was_decided_about_a_stays(door: Door, run_id: str, interrupt: dict[str, Any], index: int) -> None:
    """Check that a decision stands, also where another request of the same question is in doubt."""
    accept = decision(interrupt, "accept", index=index)
    again = await door.call("resume_run", run_id=run_id, decisions=[accept])
    assert (again["status"], "was decided before: accept by" in again["next_step"]) == ("interrupted", True)
    other = decision(interrupt, "reject", index=index)
    assert (await door.error("resume_run", run_id=run_id, decisions=[other])).startswith("already_decided: ")


async def test_an_edited_call_in_doubt_is_shown_and_run_again_with_the_edited_arguments(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="several:one_call"))
    run = await crash.begin()
    await crash.resume_and_die("after b", run, {"type": "edit", "args": {"name": "b"}})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        assert run["interrupts"][0]["requests"][0]["args"] == {"name": "b"}
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["b", "b"]


async def test_the_second_of_three_calls_of_one_task_is_in_doubt(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="several:in_one_task"))
    run = await crash.begin()
    async with crash.serve(crash.config) as door:
        run = await decide(door, run, ACCEPT)
    await crash.resume_and_die("after b", run, ACCEPT)
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        ((interrupt, _),) = by_name(run).values()
        assert interrupt["status"] == "unknown_outcome"
        run = await decide(door, run, {"type": "respond", "value": "b was done"})
        ((interrupt, _),) = by_name(run).values()
        assert (interrupt["status"], interrupt["value"]) == ("pending", "do c?")
        run = await decide(door, run, {"type": "reject", "message": "no c"})
        assert run["status"] == "success", run.get("error")
        assert run["answer"].splitlines() == [
            "success: did a",
            "success: b was done",
            "error: ask_and_do was not run: no c",
        ]
    assert effects.lines == ["a", "b"]


async def test_a_tool_that_asks_twice_dies_between_its_questions(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="several:asks_twice"))
    run = await crash.begin()
    (first,) = run["interrupts"]
    await crash.resume_and_die("between the two", run, {"type": "edit", "args": {"hotel": "Plaza"}})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (first["interrupt_id"], "unknown_outcome")
        run = await decide(door, run, ACCEPT)
        (second,) = run["interrupts"]
        assert (second["value"], second["status"]) == ("pay Plaza?", "pending")
        assert second["requests"][0]["args"] == {"hotel": "Plaza"}
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["held Plaza", "held Plaza", "held Plaza", "paid Plaza"]


async def test_a_tool_that_asks_twice_dies_after_both_and_is_in_doubt_under_the_second(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="several:asks_twice"))
    run = await crash.begin()
    async with crash.serve(crash.config) as door:
        run = await decide(door, run, ACCEPT)
    (second,) = run["interrupts"]
    await crash.resume_and_die("after both", run, ACCEPT)
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (second["interrupt_id"], "unknown_outcome")
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "success", run.get("error")
    assert effects.lines.count("paid Ritz") == 1


@pytest.mark.parametrize("moment", ["before pause 1", "before put_writes 1"])
async def test_the_second_question_is_asked_with_the_edited_arguments_by_the_next_process(
    crashing: Crashing, offer: Offer, effects: Effects, moment: str
) -> None:
    crash = crashing(offer(desk="several:asks_twice"))
    run = await crash.begin()
    await crash.resume_and_die(moment, run, {"type": "edit", "args": {"hotel": "Plaza"}})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (second,) = run["interrupts"]
        assert (second["value"], second["status"]) == ("pay Plaza?", "pending")
        assert second["requests"][0]["args"] == {"hotel": "Plaza"}
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run.get("error")
    assert effects.lines[-1] == "paid Plaza"
