"""Breakpoints before tool calls where others have a say besides: nodes, middleware, wrappers."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide, decision
from tests.effects import Effects
from tests.gate.at_breakpoints import ANN, EVERY_WORD, actions, results, start, words

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("agent", ["code", "wrapping"])
async def test_calls_that_a_plain_node_makes_are_requests_beside_the_node(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
        assert actions(run) == ["pay", "pay", "pay", "continue with tools"]
        assert run["interrupts"][0]["value"]["messages"][-1]["tool_calls"][0]["name"] == "pay"
        given = words(run, "accept", "edit", "reject", "accept")
        given[1]["args"] = {"to": "bea", "amount": 20, "currency": "USD"}
        given[2]["message"] = "not cleo"
        run = await decide(door, run, *given)
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["pay ann 1 EUR", "pay bea 20 USD", "the node"]
    assert "pay was not run: not cleo" in run["answer"]


@pytest.mark.parametrize("agent", ["code", "wrapping"])
async def test_a_plain_node_that_is_rejected_does_nothing(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
        run = await decide(door, run, *words(run, "accept", "accept", "accept", "reject"))
    assert run["status"] == "cancelled"
    assert effects.lines == []


async def test_a_plain_node_that_makes_another_call_is_asked_about_it(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:otherwise")) as door:
        run = await start(door, "otherwise")
        run = await decide(door, run, *words(run, "reject", "reject", "reject", "accept"))
        (asked,) = run["interrupts"]
        assert (actions(run), asked["requests"][0]["args"]["to"]) == (["pay"], "zoe")
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "success", run
    assert effects.lines == []


async def test_breakpoints_of_an_agent_and_of_one_in_its_tool_each_ask(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:both")) as door:
        run = await start(door, "both")
        assert actions(run) == ["delegate"]
        run = await decide(door, run, ACCEPT)
        assert actions(run) == ["pay", "pay", "pay"]
        run = await decide(door, run, *words(run, "accept", "reject", "reject"))
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann 1 EUR"]


async def test_what_a_middleware_let_pass_is_shown_as_it_will_be_made(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:batched")) as door:
        run = await start(door, "batched")
        assert run["interrupts"][0]["dialect"] == "middleware"
        given = words(run, "edit", "reject")
        given[0]["args"] = {"to": "ann", "amount": 5}
        run = await decide(door, run, *given)
        (asked,) = run["interrupts"]
        assert (asked["dialect"], [each["args"] for each in asked["requests"]]) == (
            "breakpoint",
            [{**ANN, "amount": 5}],
        )
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann 5 EUR"]


async def test_a_middleware_and_a_breakpoint_can_each_stop_a_call(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:batched")) as door:
        run = await start(door, "batched")
        run = await decide(door, run, *words(run, "accept", "accept"))
        run = await decide(door, run, *words(run, "reject", "accept"))
    assert run["status"] == "success", run
    assert effects.lines == ["pay bob 2 EUR"]


async def test_a_middleware_that_asks_behind_the_breakpoint_has_the_last_word(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:per_call")) as door:
        run = await start(door, "per_call")
        run = await decide(door, run, *words(run, "accept", "accept"))
        assert [asked["dialect"] for asked in run["interrupts"]] == ["middleware", "middleware"]
        first, second = run["interrupts"]
        edited = decision(first, "edit", args={"to": "ann", "amount": 7})
        run = await decide(door, run, edited, decision(second, "reject"))
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann 7 EUR"]


async def test_what_is_called_with_more_than_was_accepted_is_not_run(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:raising_amounts")) as door:
        run = await start(door, "raising_amounts")
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run
    assert "not the ones that were approved" in run["answer"]
    assert effects.lines == []


async def test_a_call_that_was_not_among_those_at_the_breakpoint_is_asked_about(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:making_others")) as door:
        run = await start(door, "making_others")
        run = await decide(door, run, ACCEPT)
        assert actions(run) == ["look"]
        assert effects.lines == []
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann 1 EUR"]


@pytest.mark.parametrize("word", ["accept", "reject"])
async def test_a_decision_is_not_that_of_the_same_call_in_another_node(
    serve: Serve, offer: Offer, effects: Effects, word: str
) -> None:
    async with serve(offer("stopping:twice")) as door:
        run = await start(door, "twice")
        run = await decide(door, run, {"type": word})
        done = ["pay ann 1 EUR"] if word == "accept" else []
        assert (actions(run), effects.lines) == (["pay"], done)
        assert run["interrupts"][0]["dialect"] == "tool_call"
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "success", run
    assert effects.lines == done


async def test_a_node_beside_the_tools_is_a_request_of_its_own(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:beside")) as door:
        run = await start(door, "beside")
        (asked,) = run["interrupts"]
        assert actions(run) == ["pay", "continue with plan"]
        assert [each["allowed"] for each in asked["requests"]] == [EVERY_WORD, ["accept", "reject"]]
        assert asked["value"]["messages"][-1]["tool_calls"][0]["name"] == "pay"
        run = await decide(door, run, *words(run, "accept", "reject"))
    assert run["status"] == "cancelled"
    assert effects.lines == []


async def test_the_thread_goes_on_after_a_run_that_was_cancelled_before_its_calls(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:beside")) as door:
        run = await start(door, "beside")
        await decide(door, run, *words(run, "accept", "reject"))
        run = await start(door, "beside")
        assert "pay" in actions(run)
        await door.call("cancel_run", run_id=run["run_id"])
        told = await results(door, run)
    assert [status for status, _ in told] == ["error"]


@pytest.mark.parametrize("agent", ["create", "hand_built", "v2", "sub"])
async def test_rewinding_to_the_breakpoint_asks_again(serve: Serve, offer: Offer, effects: Effects, agent: str) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
        asked = run["interrupts"][0]
        thread = await door.call("get_thread", thread_id="t")
        place = next(each for each in thread["checkpoints"] if asked["interrupt_id"] in each["interrupts"])
        await decide(door, run, *words(run, "accept", "reject", "accept"))
        done = sorted(effects.lines)
        assert done == ["pay ann 1 EUR", "pay cleo 3 EUR"]
        run = await door.call("rewind_thread", thread_id="t", checkpoint_id=place["checkpoint_id"])
        assert (actions(run), sorted(effects.lines)) == (["pay", "pay", "pay"], done)
        assert run["interrupts"][0]["interrupt_id"] != asked["interrupt_id"]
        assert {each["args"]["to"] for each in run["effects_done"]} == {"ann", "cleo"}
        run = await decide(door, run, *words(run, "reject", "accept", "reject"))
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["pay ann 1 EUR", "pay bob 2 EUR", "pay cleo 3 EUR"]
