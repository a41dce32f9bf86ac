"""A breakpoint before tool calls asks about each of them, and what is decided holds at the gate."""

from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.deciding import ACCEPT, decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio
WAYS = ("create", "after", "v1", "v2", "hand_built", "own_way", "configured", "sub", "kept", "inside")
EVERY_WORD = ["accept", "edit", "reject", "respond"]
ANN = {"to": "ann", "amount": 1, "currency": "EUR"}


async def start(door: Door, agent: str) -> dict[str, Any]:
    run = await door.call("start_run", agent=agent, message="go", thread_id="t")
    assert run["status"] == "interrupted", run
    return run


def words(run: dict[str, Any], *types: str, **more: Any) -> list[dict[str, Any]]:
    """One decision on each request of the run's only interrupt."""
    (asked,) = run["interrupts"]
    assert len(asked["requests"]) == len(types)
    return [decision(asked, type_, index=at, **more) for at, type_ in enumerate(types)]


def actions(run: dict[str, Any]) -> list[str]:
    return [request["action"] for asked in run["interrupts"] for request in asked["requests"]]


async def results(door: Door, run: dict[str, Any]) -> list[tuple[str, str]]:
    """Status and text of each tool result that the model got, in order."""
    values = (await door.call("get_thread", thread_id=run["thread_id"]))["values"]
    return [(each["status"], each["content"]) for each in values["messages"] if each["type"] == "tool"]


@pytest.mark.parametrize("agent", WAYS)
async def test_each_pending_call_is_a_request_of_one_interrupt_with_all_its_arguments(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
    (asked,) = run["interrupts"]
    assert (asked["dialect"], asked["value"]) == ("breakpoint", None)
    assert [(each["action"], each["args"]) for each in asked["requests"]] == [
        ("pay", ANN),
        ("pay", {"to": "bob", "amount": 2, "currency": "EUR"}),
        ("pay", {"to": "cleo", "amount": 3, "currency": "EUR"}),
    ]
    assert all(each["allowed"] == EVERY_WORD for each in asked["requests"])
    assert all(each["args_schema"]["properties"]["amount"]["type"] == "integer" for each in asked["requests"])
    assert effects.lines == []


@pytest.mark.parametrize("agent", WAYS)
async def test_one_is_accepted_one_edited_and_one_rejected_in_one_resume(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
        given = words(run, "accept", "edit", "reject")
        given[1]["args"] = {"to": "bea", "amount": 20, "currency": "USD"}
        given[2]["message"] = "not cleo"
        run = await decide(door, run, *given)
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["pay ann 1 EUR", "pay bea 20 USD"]
    assert "error: pay was not run: not cleo" in run["answer"]


@pytest.mark.parametrize("agent", WAYS)
async def test_an_answer_is_the_result_of_a_call_that_is_not_made(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
        given = words(run, "respond", "reject", "respond")
        given[0]["value"], given[2]["message"] = {"paid": "by hand"}, "cleo has it"
        run = await decide(door, run, *given)
    assert run["status"] == "success", run
    assert effects.lines == []
    assert '{"paid":"by hand"}' in run["answer"]
    assert "cleo has it" in run["answer"]


@pytest.mark.parametrize("agent", ["create", "hand_built"])
async def test_decisions_may_come_one_by_one_and_nothing_runs_before_the_last(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"stopping:{agent}")) as door:
        run = await start(door, agent)
        first, second, third = words(run, "reject", "accept", "accept")
        for one in (third, first):
            run = await decide(door, run, one)
            assert (run["status"], effects.lines) == ("interrupted", [])
        run = await decide(door, run, second)
    assert run["status"] == "success"
    assert sorted(effects.lines) == ["pay bob 2 EUR", "pay cleo 3 EUR"]


async def test_the_model_hears_of_each_call_under_its_own_id(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:create")) as door:
        run = await start(door, "create")
        run = await decide(door, run, *words(run, "reject", "accept", "reject"))
        told = await results(door, run)
    assert [status for status, _ in told] == ["error", "success", "error"]
    assert effects.lines == ["pay bob 2 EUR"]


async def test_an_edit_of_a_wrong_type_is_refused_before_anything_runs(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:one")) as door:
        run = await start(door, "one")
        for args in ({**ANN, "amount": "much"}, {**ANN, "nobody": 1}, {"amount": 1}):
            text = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "edit", "args": args}])
            assert text.startswith("invalid_decision: ")
        left = await door.call("get_run", run_id=run["run_id"])
        assert left["interrupts"] == run["interrupts"]
        run = await decide(door, run, {"type": "edit", "args": {"to": "ann", "amount": 5}})
    assert run["status"] == "success"
    assert effects.lines == ["pay ann 5 EUR"]


async def test_a_breakpoint_everywhere_asks_about_nodes_and_about_calls(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    seen = []
    async with serve(offer("stopping:everywhere")) as door:
        run = await start(door, "everywhere")
        while run["status"] == "interrupted":
            seen.append(actions(run))
            (asked,) = run["interrupts"]
            run = await decide(door, run, *words(run, *["accept"] * len(asked["requests"])))
    assert seen == [["continue with model"], ["pay", "pay", "pay"], ["continue with model"]]
    assert run["status"] == "success"
    assert len(effects.lines) == 3


async def test_a_tool_that_asks_itself_asks_after_the_breakpoint(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:asking")) as door:
        run = await start(door, "asking")
        run = await decide(door, run, {"type": "edit", "args": {"to": "bea", "amount": 2}})
        (asked,) = run["interrupts"]
        assert (asked["dialect"], asked["value"]) == ("tool_call", "ask_and_pay bea?")
        assert asked["requests"][0]["args"] == {"to": "bea", "amount": 2}
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run
    assert effects.lines == ["pay bea 2 accept"]


async def test_a_tool_that_asks_itself_is_not_reached_by_a_call_that_was_rejected(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:asking_by_hand")) as door:
        run = await start(door, "asking_by_hand")
        run = await decide(door, run, *words(run, "reject", "accept", "accept"))
        assert run["status"] == "success", run
    assert sorted(effects.lines) == ["pay bob 2 EUR", "pay cleo 3 EUR"]


async def test_calls_beside_one_that_asks_keep_what_was_decided(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:asking_by_hand")) as door:
        run = await start(door, "asking_by_hand")
        run = await decide(door, run, *words(run, "accept", "reject", "accept"))
        assert [asked["value"] for asked in run["interrupts"]] == ["ask_and_pay ann?"]
        run = await decide(door, run, {"type": "reject", "message": "on second thoughts"})
    assert run["status"] == "success", run
    assert effects.lines == ["pay cleo 3 EUR"]
    assert "on second thoughts" in run["answer"]


async def test_a_tool_marked_sensitive_asks_for_itself_too(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:marked")) as door:
        run = await start(door, "marked")
        run = await decide(door, run, {"type": "edit", "args": {**ANN, "amount": 2}})
        assert [asked["dialect"] for asked in run["interrupts"]] == ["tool_call"]
        assert run["interrupts"][0]["requests"][0]["args"] == {**ANN, "amount": 2}
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann 2 EUR"]


POLICY = """
[agents.one.tools.pay]
sensitive = true
"""


async def test_what_policy_calls_sensitive_is_asked_about_once(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:one", policy=POLICY)) as door:
        run = await start(door, "one")
        assert run["interrupts"][0]["dialect"] == "breakpoint"
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann 1 EUR"]


async def test_a_tool_that_raises_has_an_unknown_outcome_and_its_neighbour_is_done_once(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:breaking")) as door:
        run = await start(door, "breaking")
        run = await decide(door, run, *words(run, "accept", "accept"))
        (asked,) = run["interrupts"]
        assert (asked["status"], actions(run)) == ("unknown_outcome", ["break_off"])
        assert "the line broke" in run["error"]["message"]
        run = await decide(door, run, {"type": "respond", "value": "it was paid"})
        told = await results(door, run)
    assert run["status"] == "success", run
    assert sorted(effects.lines) == ["look a", "pay ann"]
    assert sorted(told) == [("success", "it was paid"), ("success", "saw a")]


async def test_a_call_in_doubt_is_run_again_or_dropped_as_the_person_says(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:breaking")) as door:
        run = await start(door, "breaking")
        run = await decide(door, run, *words(run, "accept", "reject"))
        run = await decide(door, run, ACCEPT)
        assert run["interrupts"][0]["status"] == "unknown_outcome"
        assert effects.lines == ["pay ann", "pay ann"]
        run = await decide(door, run, {"type": "reject", "message": "leave it"})
    assert run["status"] == "success", run
    assert effects.lines == ["pay ann", "pay ann"]
    assert "leave it" in run["answer"]


async def test_calls_with_one_id_are_told_apart_by_their_place(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:alike")) as door:
        run = await start(door, "alike")
        run = await decide(door, run, *words(run, "reject", "accept", "reject"))
    assert run["status"] == "success", run
    assert effects.lines == ["look a"]


async def test_a_call_of_a_tool_that_is_not_there_is_asked_about_and_runs_nothing(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:unknown")) as door:
        run = await start(door, "unknown")
        assert actions(run) == ["no_such_tool", "look"]
        run = await decide(door, run, *words(run, "accept", "accept"))
    assert run["status"] == "success", run
    assert effects.lines == ["look a"]


async def test_a_default_that_is_another_each_time_is_put_in_as_it_was_shown(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("stopping:numbering")) as door:
        run = await start(door, "numbering")
        number = run["interrupts"][0]["requests"][0]["args"]["number"]
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success", run
    assert effects.lines == [f"ann {number}"]


async def test_the_next_turn_is_asked_about_anew(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("stopping:two_turns")) as door:
        run = await start(door, "two_turns")
        first = run["interrupts"][0]["interrupt_id"]
        run = await decide(door, run, ACCEPT)
        assert run["interrupts"][0]["interrupt_id"] != first
        assert effects.lines == ["pay ann 1 EUR"]
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "success"
    assert effects.lines == ["pay ann 1 EUR"]


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
