"""Tools that ask more than once, and agents that stop at a breakpoint."""

import json

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import GIVEN, WORDS, accept, call, edit, paid, reject, respond
from tests.asking.test_tools import PLACES, message, requests_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("place", PLACES)
async def test_a_tool_that_asks_twice_is_asked_for_twice_and_runs_once(asking: Asking, place: str) -> None:
    run = await asking.start(f"{place}_in_two_steps", message=message(place, [("in_two_steps", {"to": "ann"})]))
    seen = []
    for _ in range(2):
        ((interrupt, _request),) = requests_of(run)
        seen.append(interrupt["value"])
        assert asking.effects == []
        run = await asking.decide(run, accept(interrupt_id=interrupt["interrupt_id"]))
    assert seen == ["May in_two_steps look up ann?", "May in_two_steps pay ann?"]
    assert run["status"] == "success", run
    assert asking.effects == [["paid", ["ann", "accept", "accept"]]]


@pytest.mark.parametrize("place", PLACES)
async def test_a_tool_rejected_at_its_second_question_does_nothing(asking: Asking, place: str) -> None:
    run = await asking.start(f"{place}_in_two_steps", message=message(place, [("in_two_steps", {"to": "ann"})]))
    run = await asking.decide(run, accept())
    run = await asking.decide(run, reject())
    assert run["status"] == "success"
    assert WORDS in run["answer"]
    assert asking.effects == []


@pytest.mark.parametrize("place", PLACES)
async def test_an_edit_at_the_first_question_holds_at_the_second(asking: Asking, place: str) -> None:
    run = await asking.start(f"{place}_in_two_steps", message=message(place, [("in_two_steps", {"to": "ann"})]))
    run = await asking.decide(run, edit({"to": "bea"}))
    ((interrupt, request),) = requests_of(run)
    assert request["args"] == {"to": "bea"}
    assert interrupt["value"] == "May in_two_steps pay bea?"
    run = await asking.decide(run, accept())
    assert run["status"] == "success", run
    assert asking.effects == [["paid", ["bea", "accept", "accept"]]]


@pytest.mark.parametrize("place", PLACES)
async def test_parallel_tools_that_ask_until_the_answer_is_good(asking: Asking, place: str) -> None:
    calls = [("until_good", {"to": name}) for name in ("ann", "bob")]
    run = await asking.start(f"{place}_until_good", message=message(place, calls))
    answers = {"ann": ["much", 7], "bob": [None, {"x": 1}, 9]}
    for _ in range(9):
        if run["status"] != "interrupted":
            break
        given = []
        for interrupt, _request in requests_of(run):
            name = "ann" if "ann" in json.dumps(interrupt["value"]) else "bob"
            given.append(respond(answers[name].pop(0), interrupt_id=interrupt["interrupt_id"]))
        run = await asking.decide(run, *given)
    assert run["status"] == "success", run
    assert sorted(asking.effects) == [["paid", ["ann", 7]], ["paid", ["bob", 9]]]


async def test_a_breakpoint_before_tools_lets_them_run_on_accept(asking: Asking) -> None:
    run = await asking.start("stopping", message=call("plain", GIVEN))
    assert run["interrupts"][0]["dialect"] == "breakpoint"
    run = await asking.decide(run, accept())
    assert run["status"] == "success", run
    assert asking.effects == [paid(GIVEN)]


async def test_a_breakpoint_before_tools_keeps_them_from_running_on_reject(asking: Asking) -> None:
    run = await asking.start("stopping", message=call("plain", GIVEN))
    run = await asking.decide(run, reject())
    assert run["status"] == "success"
    assert WORDS in run["answer"]
    assert asking.effects == []
