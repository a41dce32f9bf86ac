"""Tools that code calls by itself pass the gate too: policy, records and answers hold whoever calls."""

from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.promise.agents.direct import FOUND
from tests.promise.agents.lost import LOST
from tests.promise.policy import sensitive

pytestmark = pytest.mark.anyio


async def start(door: Door, agent: str, message: str = "") -> dict[str, Any]:
    given = {"message": message} if message else {"input": {"said": []}}
    return await door.call("start_run", agent=agent, **given)


@pytest.mark.parametrize("agent", FOUND)
async def test_a_node_that_calls_a_sensitive_tool_is_asked_first_and_acts_once(
    serve: Serve, era: str, offer: Offer, effects: Effects, agent: str
) -> None:
    config = offer(f"direct:{agent}", policy=sensitive(agent))
    async with serve(config, mode=era) as door:
        run = await start(door, agent)
        (request,) = run["interrupts"][0]["requests"]
        assert (request["args"], request["allowed"]) == (
            {"to": "ann", "body": "hello"},
            ["accept", "edit", "reject"],
        )
        assert effects.lines == []
    async with serve(config, mode=era) as door:
        done = await decide(door, run, ACCEPT)
    assert (done["status"], done["output"]) == ("success", {"said": ["sent to ann"]})
    assert effects.lines == ["send ann hello"]


@pytest.mark.parametrize("agent", FOUND)
async def test_what_such_a_node_calls_is_edited_and_rejected_by_the_gate(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"direct:{agent}", policy=sensitive(agent))) as door:
        run = await start(door, agent)
        edited = await decide(door, run, {"type": "edit", "args": {"to": "bob", "body": "hi"}})
        run = await start(door, agent)
        rejected = await decide(door, run, {"type": "reject", "message": "not now"})
    assert (edited["status"], edited["output"]) == ("success", {"said": ["sent to bob"]})
    assert rejected["status"] == "success"
    assert rejected["output"]["said"][0].endswith("was not run: not now")
    assert effects.lines == ["send bob hi"]


@pytest.mark.parametrize("agent", LOST)
async def test_a_sensitive_tool_in_a_thread_that_lost_its_run_is_refused_and_told_how_to_keep_it(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"lost:{agent}", policy=sensitive(agent))) as door:
        run = await start(door, agent, "go" if agent.startswith("agent") else "")
    said = run["error"]["message"] if run["status"] == "error" else run["answer"]
    assert "asyncio.to_thread" in said
    assert effects.lines == []


async def test_what_nobody_must_be_asked_about_runs_in_such_threads_as_ever(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("lost:reads_in_a_pool", policy=sensitive("reads_in_a_pool"))) as door:
        run = await start(door, "reads_in_a_pool")
    assert (run["status"], sorted(run["output"]["said"])) == ("success", ["saw a", "saw b"])


async def test_a_tool_node_that_goes_its_own_way_is_asked_about_each_sensitive_call(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("direct:own_way", policy=sensitive("own_way")), mode=era) as door:
        run = await start(door, "own_way", "go")
        first = run["interrupts"][0]["requests"][0]["args"]["to"]
        run = await decide(door, run, ACCEPT)
        run = await decide(door, run, {"type": "reject", "message": "no"})
    assert run["status"] == "success"
    assert sorted(effects) == ["look a", f"send {first} hello"]
    assert "error: send was not run: no" in run["answer"]


async def test_a_node_that_asks_and_then_sends_for_each_call_sends_each_once(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer("direct:tutorial")
    async with serve(config) as door:
        run = await start(door, "tutorial", "go")
        run = await decide(door, run, {"type": "respond", "value": "yes"})
    async with serve(config) as door:
        run = await decide(door, run, {"type": "respond", "value": "yes"})
    assert run["status"] == "success"
    assert effects.lines == ["send ann hello", "send bob hello"]


@pytest.mark.parametrize("agent", ["inside_a_tool", "inside_an_async_tool"])
async def test_a_tool_that_another_tool_calls_is_asked_about_and_acts_once(
    serve: Serve, era: str, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"direct:{agent}", policy=sensitive(agent)), mode=era) as door:
        run = await start(door, agent, "go")
        (interrupt,) = run["interrupts"]
        assert interrupt["requests"][0]["args"] == {"to": "ann", "body": "hello"}
        assert interrupt["asked_inside"]["args"] == {"to": "ann"}
        assert effects.lines == ["outer begins"]
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == ["outer begins", "outer begins", "send ann hello", "outer ends"]


@pytest.mark.parametrize("agent", ["gathers", "in_one_tool_node"])
async def test_calls_side_by_side_get_each_its_own_answer_and_act_once(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"direct:{agent}")) as door:
        for _ in range(5):
            before = len(effects.lines)
            run = await start(door, agent, "go" if agent == "in_one_tool_node" else "")
            while run["status"] == "interrupted":
                (interrupt,) = run["interrupts"]
                number = interrupt["value"].split()[1]
                run = await decide(door, run, {"type": "respond", "value": f"yes {number}"})
            assert run["status"] == "success", run
            assert sorted(effects.lines[before:]) == [f"act {number} yes {number}" for number in range(6)]


async def test_a_node_that_is_tried_again_looks_again(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("direct:polls")) as door:
        run = await start(door, "polls")
        assert run["status"] == "error"
        run = await decide(door, run)
    assert run["status"] == "success"
    assert effects.lines == ["look door", "look door"]


async def test_alike_calls_between_questions_are_each_made_once_and_each_question_gets_its_answer(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("direct:loops")) as door:
        run = await start(door, "loops")
        for word in ("a", "b", "c"):
            run = await decide(door, run, {"type": "respond", "value": word})
    assert run["output"] == {"said": [["a", "b", "c"]]}
    assert effects.lines == ["send ann hello"] * 3


async def test_the_card_tells_of_rules_for_tools_that_never_passed_and_forgets_it_once_they_did(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer("direct:by_invoke", policy=sensitive("by_invoke"))
    async with serve(config) as door:
        (card,) = (await door.call("list_agents"))["agents"]
        assert ["'send*'" in warning for warning in card["warnings"]] == [True]
        await start(door, "by_invoke")
        (card,) = (await door.call("list_agents"))["agents"]
    assert "warnings" not in card
