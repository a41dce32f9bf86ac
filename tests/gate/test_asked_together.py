"""Calls of one tool node that policy asks about are asked together, and each gets just its own decision, once."""

from typing import Any

import pytest

from tests.deciding import ACCEPT, decide, decision, requests
from tests.effects import Effects
from tests.gate.agents.together import POLICY
from tests.gate.asked_together import ANN, BOB, DISK, about, asked

pytestmark = pytest.mark.anyio


async def test_one_interrupt_asks_about_all_of_them_and_each_gets_its_own_decision(
    starting: Any, effects: Effects
) -> None:
    door, run = await starting("three")
    assert asked(run) == [ANN, DISK, BOB]
    (interrupt,) = run["interrupts"]
    assert (interrupt["dialect"], interrupt["status"]) == ("tool_call", "pending")
    assert {tuple(request["allowed"]) for request in interrupt["requests"]} == {("accept", "edit", "reject")}
    words = [("edit", {"args": {"to": "al", "amount": 3}}), ("reject", {"message": "keep it"}), ("accept", {})]
    run = await decide(door, run, *about(run, *words))
    assert run["status"] == "success", run
    assert run["answer"].splitlines() == [
        "success: paid al 3",
        "error: wipe was not run: keep it",
        "success: paid bob 5",
    ]
    assert sorted(effects) == ["pay al 3", "pay bob 5"]


async def test_nothing_runs_until_all_are_decided_and_a_late_decision_is_told_of_the_first(
    starting: Any, effects: Effects
) -> None:
    door, run = await starting("three")
    first, second, third = about(run, ("reject", {"message": "no"}), ("accept", {}), ("accept", {}))
    run = await decide(door, run, third)
    assert run["status"] == "interrupted"
    run = await decide(door, run, first)
    late = await door.error("resume_run", run_id=run["run_id"], decisions=[{**third, "type": "reject"}])
    assert late.startswith("already_decided: ")
    assert effects.lines == []
    run = await decide(door, run, second)
    assert run["status"] == "success"
    assert sorted(effects) == ["pay bob 5", "wipe c"]


async def test_a_digest_covers_all_of_it(starting: Any, effects: Effects) -> None:
    door, run = await starting("three")
    (interrupt,) = run["interrupts"]
    wrong = decision(interrupt, "accept", index=1, digest="0" * 64)
    assert (await door.error("resume_run", run_id=run["run_id"], decisions=[wrong])).startswith("stale_digest: ")
    right = [decision(interrupt, "accept", index=index, digest=interrupt["digest"]) for index in range(3)]
    run = await decide(door, run, *right)
    assert run["status"] == "success"
    assert len(effects.lines) == 3


async def test_arguments_that_a_tool_does_not_take_are_refused_for_that_request_alone(
    starting: Any, effects: Effects
) -> None:
    door, run = await starting("three")
    wrong = about(run, ("accept", {}), ("edit", {"args": {"disk": "d", "requests": 1}}), ("accept", {}))
    said = await door.error("resume_run", run_id=run["run_id"], decisions=wrong)
    assert said.startswith("invalid_decision: ")
    assert "requests" in said
    assert effects.lines == []


async def test_one_call_alone_is_asked_about_as_ever(starting: Any, effects: Effects) -> None:
    door, run = await starting("one")
    (interrupt,) = run["interrupts"]
    assert {*interrupt["value"]} == {"action", "args", "description"}
    run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert sorted(effects) == ["look a", "pay ann 5"]


async def test_tools_that_ask_by_themselves_ask_one_after_another_beside_them(starting: Any, effects: Effects) -> None:
    door, run = await starting("mixed")
    shown = []
    while run["status"] == "interrupted":
        (interrupt,) = run["interrupts"]
        shown.append([request["args"].get("about") or request["action"] for request in interrupt["requests"]])
        words = [decision(interrupt, "accept", index=request["index"]) for _, request in requests(run)]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert sorted(map(tuple, shown)) == [("pay", "wipe"), ("x",), ("y",)]
    assert sorted(effects) == ["ask x accept", "ask y accept", "look a", "pay ann 5", "wipe c"]


@pytest.mark.parametrize("words", [("accept", "reject"), ("reject", "accept"), ("reject", "reject")])
async def test_what_was_decided_together_holds_while_another_call_asks(
    starting: Any, effects: Effects, words: tuple[str, str]
) -> None:
    door, run = await starting("asked_first")
    assert asked(run) == [ANN, DISK]
    run = await decide(door, run, *about(run, *((word, {}) for word in words)))
    (interrupt,) = run["interrupts"]
    assert interrupt["value"] == "ask about x?"
    run = await decide(door, run, decision(interrupt, "reject", message="stop"))
    assert run["status"] == "success"
    done = [line for line, word in zip(("pay ann 5", "wipe c"), words, strict=True) if word == "accept"]
    assert effects.lines == done
    assert "error: ask was not run: stop" in run["answer"]


async def test_tools_that_ask_besides_get_their_own_answers_after_it(starting: Any, effects: Effects) -> None:
    door, run = await starting("also_asking")
    assert [action for action, _ in asked(run)] == ["pay", "pay"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    for word in ("accept", "reject"):
        (interrupt,) = run["interrupts"]
        assert len(interrupt["requests"]) == 1
        run = await decide(door, run, decision(interrupt, word, message="no"))
    assert run["status"] == "success"
    assert effects.lines == ["pay ann accept"]
    assert run["answer"].splitlines() == ["success: paid ann", "error: pay was not run: no"]


async def test_an_answer_is_given_in_place_of_one_call_only(starting: Any, effects: Effects) -> None:
    door, run = await starting("three", f"{POLICY}allow = ['accept', 'reject', 'respond']\n")
    words = [("accept", {}), ("respond", {"value": {"wiped": "by hand"}}), ("reject", {})]
    run = await decide(door, run, *about(run, *words))
    assert run["status"] == "success"
    assert run["answer"].splitlines()[1] == 'success: {"wiped":"by hand"}'
    assert effects.lines == ["pay ann 5"]


async def test_of_one_that_raised_it_is_asked_what_became_and_what_is_done_stays_done(
    starting: Any, effects: Effects
) -> None:
    door, run = await starting("failing")
    (first,) = run["interrupts"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {}), ("accept", {})))
    (interrupt,) = run["interrupts"]
    assert (interrupt["status"], interrupt["interrupt_id"]) == ("unknown_outcome", first["interrupt_id"])
    # LangGraph cuts off what runs beside a call that raises, so others may be in doubt as well.
    doubts = {request["index"]: request for _, request in requests(run)}
    assert doubts[1]["args"]["to"] == "nobody"
    did = {0: "pay ann 5", 1: "pay nobody 5", 2: "wipe c"}
    words = {
        index: ("respond", {"value": "done"}) if did[index] in effects.lines else ("accept", {}) for index in doubts
    }
    run = await decide(door, run, *(decision(interrupt, w, index=index, **m) for index, (w, m) in words.items()))
    assert run["status"] == "success", run
    assert run["answer"].splitlines()[1] == "success: done"
    assert sorted(effects) == sorted(did.values())


@pytest.mark.parametrize("graph", ["wrapped", "own_node", "same_ids", "unshowable"])
async def test_calls_that_may_come_otherwise_or_cannot_be_shown_are_asked_one_after_another(
    starting: Any, effects: Effects, graph: str
) -> None:
    door, run = await starting(graph)
    rounds = 0
    while run["status"] == "interrupted" and rounds < 4:
        (interrupt,) = run["interrupts"]
        assert len(interrupt["requests"]) == 1
        kind = "accept" if "accept" in interrupt["requests"][0]["allowed"] else "respond"
        more = {"value": {"type": "accept"}} if kind == "respond" else {}
        run = await decide(door, run, decision(interrupt, kind, **more))
        rounds += 1
    assert run["status"] == "success", run
    assert rounds == len(effects.lines) == len(set(effects.lines))
    if graph == "wrapped":
        assert sorted(effects) == ["pay ann 7", "pay bob 7"]


async def test_a_tool_that_there_is_not_is_nobodys_question(starting: Any, effects: Effects) -> None:
    door, run = await starting("unknown_tool")
    assert asked(run) == [ANN, DISK]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    assert run["status"] == "success"
    assert sorted(effects) == ["pay ann 5", "wipe c"]


async def test_what_the_node_asks_after_its_tools_hears_its_own_answer(starting: Any, effects: Effects) -> None:
    door, run = await starting("in_a_node")
    assert asked(run) == [ANN, DISK]
    run = await decide(door, run, *about(run, ("accept", {}), ("reject", {"message": "no"})))
    (interrupt,) = run["interrupts"]
    assert interrupt["value"] == "and now?"
    run = await decide(door, run, decision(interrupt, "respond", value="on"))
    assert run["status"] == "success"
    assert effects.lines == ["pay ann 5", "went on"]


async def test_calls_that_come_in_threads_are_asked_about_together_too(starting: Any, effects: Effects) -> None:
    door, run = await starting("in_threads")
    assert asked(run) == [("wipe", {"disk": disk}) for disk in "abcdef"]
    run = await decide(door, run, *about(run, *((word, {}) for word in ("accept", "reject") * 3)))
    (interrupt,) = run["interrupts"]
    assert interrupt["value"] == "and now?"
    run = await decide(door, run, decision(interrupt, "respond", value="on"))
    assert run["status"] == "success"
    assert sorted(effects) == ["went on", "wipe a", "wipe c", "wipe e"]


async def test_the_next_message_is_asked_about_anew(starting: Any, effects: Effects) -> None:
    door, run = await starting("twice")
    assert asked(run) == [ANN, DISK]
    (first,) = run["interrupts"]
    run = await decide(door, run, *about(run, ("accept", {}), ("accept", {})))
    assert asked(run) == [BOB, DISK]
    assert run["interrupts"][0]["interrupt_id"] != first["interrupt_id"]
    run = await decide(door, run, *about(run, ("reject", {}), ("reject", {})))
    assert sorted(effects) == ["pay ann 5", "wipe c"]
