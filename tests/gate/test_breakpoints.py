"""A breakpoint before tool calls asks about each of them, and what is decided holds at the gate."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.gate.at_breakpoints import ANN, EVERY_WORD, WAYS, actions, results, start, words

pytestmark = pytest.mark.anyio


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
