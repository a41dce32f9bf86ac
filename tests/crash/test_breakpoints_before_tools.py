"""A process dies around decisions on the calls at a breakpoint: they hold in the next, and nothing is done twice."""

from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.crash.dying import Crash, Crashing, settled
from tests.deciding import decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio
AGENTS = ("sent", "in_one_task", "within", "in_a_tool")


def decisions(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The first call is accepted, the second edited, the third rejected."""
    (asked,) = run["interrupts"]
    names = [request["args"]["name"] for request in asked["requests"]]
    assert names == ["a", "b", "c"]
    edited = decision(asked, "edit", index=1, args={"name": "b", "how": "badly"})
    return [decision(asked, "accept", index=0), edited, decision(asked, "reject", index=2, message="not c")]


def crashed(crashing: Crashing, offer: Offer, agent: str) -> Crash:
    return crashing(offer(desk=f"stopping:{agent}"))


@pytest.mark.parametrize("agent", AGENTS)
async def test_what_was_decided_holds_after_a_death_right_behind_it(
    crashing: Crashing, offer: Offer, effects: Effects, agent: str
) -> None:
    crash = crashed(crashing, offer, agent)
    run = await crash.begin()
    await crash.resume_and_die("after decide 1", run, *decisions(run))
    assert effects.lines == []
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["a well", "b badly"]
    assert "do was not run: not c" in run["answer"]


@pytest.mark.parametrize("agent", AGENTS)
async def test_questions_are_asked_by_the_next_process_where_one_dies_between_langgraphs_pause_and_ours(
    crashing: Crashing, offer: Offer, effects: Effects, agent: str
) -> None:
    crash = crashed(crashing, offer, agent)
    await crash.at("before pause 1", lambda door: door.call("start_run", agent="desk", message="go", thread_id="t"))
    async with crash.next_process() as door:
        (run,) = (await door.call("list_runs"))["runs"]
        run = await settled(door, run["run_id"])
        run = await decide(door, run, *decisions(run))
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["a well", "b badly"]


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("moment", ["before b", "after b"])
async def test_a_call_that_a_process_died_in_is_in_doubt_and_the_others_hold(
    crashing: Crashing, offer: Offer, effects: Effects, agent: str, moment: str
) -> None:
    crash = crashed(crashing, offer, agent)
    run = await crash.begin()
    asked = run["interrupts"][0]["interrupt_id"]
    await crash.resume_and_die(moment, run, *decisions(run))
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubted,) = run["interrupts"]
        assert (doubted["interrupt_id"], doubted["status"]) == (asked, "unknown_outcome")
        # The call beside it may have been cut off too.
        for request in list(doubted["requests"]):
            args = request["args"]
            assert args in ({"name": "a", "how": "well"}, {"name": "b", "how": "badly"})
            ended = ("respond", {"value": "it is done"}) if args["name"] == "b" else ("accept", {})
            run = await decide(door, run, decision(doubted, ended[0], index=request["index"], **ended[1]))
    assert run["status"] == "success", run
    assert sorted(set(effects.lines) - {"a well"}) == (["b badly"] if moment == "after b" else [])
    assert effects.lines.count("b badly") <= 1
    assert "success: it is done" in run["answer"]
    assert "do was not run: not c" in run["answer"]


async def test_an_edited_call_in_doubt_is_run_again_with_the_edited_arguments(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashed(crashing, offer, "in_one_task")
    run = await crash.begin()
    await crash.resume_and_die("before b", run, *decisions(run))
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubted,) = run["interrupts"]
        given = [decision(doubted, "accept", index=request["index"]) for request in doubted["requests"]]
        run = await decide(door, run, *given)
    assert run["status"] == "success", run
    assert effects.lines.count("b badly") == 1


async def test_two_processes_share_the_question_and_one_decision_is_the_first(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="stopping:sent")
    async with serve(config) as one, serve(config, mode="legacy") as other:
        run = await one.call("start_run", agent="desk", message="go")
        first, second, third = decisions(run)
        run = await decide(other, run, first, third)
        text = await one.error("resume_run", run_id=run["run_id"], decisions=[{**first, "type": "reject"}])
        assert text.startswith("already_decided: ")
        await decide(one, run, second, wait_seconds=0)
        run = await other.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["a well", "b badly"]


async def test_a_rewind_after_a_crash_uses_nothing_that_was_decided(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashed(crashing, offer, "sent")
    run = await crash.begin()
    old = run["interrupts"][0]["interrupt_id"]
    await crash.resume_and_die("after decide 1", run, *decisions(run))
    async with crash.next_process() as door:
        await settled(door, run["run_id"])
        thread = await door.call("get_thread", thread_id="t")
        place = next(each for each in thread["checkpoints"] if old in each["interrupts"])
        again = await door.call("rewind_thread", thread_id="t", checkpoint_id=place["checkpoint_id"])
        assert again["status"] == "interrupted"
        assert again["interrupts"][0]["interrupt_id"] != old
        done = sorted(effects.lines)
        again = await decide(door, again, *(decision(again["interrupts"][0], "reject", index=at) for at in range(3)))
    assert again["status"] == "success"
    assert sorted(effects.lines) == done
