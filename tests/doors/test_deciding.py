"""Decisions through every door, delivered by the client or taken by forms that it shows."""

from typing import Any

import pytest

from tests.conftest import Door
from tests.doors.booking import THREE, decide, start
from tests.ledger import Ledger

pytestmark = pytest.mark.anyio


async def test_accept_does_what_was_asked_once(door: Door, ledger: Ledger) -> None:
    run = await start(door)
    digest = run["interrupts"][0]["digest"]
    finished = await decide(door, run, {"type": "accept", "digest": digest})
    assert finished["status"] == "success"
    assert finished["interrupts"] == []
    assert "Successfully booked a stay at Ritz." in finished["answer"]
    assert ledger.bookings == ["Ritz"]


async def test_edit_does_what_was_edited(door: Door, ledger: Ledger) -> None:
    finished = await decide(door, await start(door), {"type": "edit", "args": {"hotel_name": "Hôtel de Crillon ✓"}})
    assert "Successfully booked a stay at Hôtel de Crillon ✓." in finished["answer"]
    assert ledger.bookings == ["Hôtel de Crillon ✓"]


async def test_reject_does_nothing_and_tells_the_agent_why(door: Door, ledger: Ledger) -> None:
    finished = await decide(door, await start(door), {"type": "reject", "message": "We stay at home."})
    assert finished["status"] == "success"
    assert "We stay at home." in finished["answer"]
    assert ledger.bookings == []


@pytest.mark.parametrize("value", ["better", "", None, 0, False, ["a", {"b": None}]])
async def test_respond_answers_a_question_with_any_value(door: Door, value: Any) -> None:
    run = await door.call("start_run", agent="revise_text", input={"some_text": "draft"})
    finished = await decide(door, run, {"type": "respond", "value": value})
    assert finished["output"] == {"some_text": value}


async def test_parallel_calls_are_decided_one_after_the_other_or_at_once(door: Door, ledger: Ledger) -> None:
    run = await start(door, THREE)
    ritz, plaza, savoy = (each["interrupt_id"] for each in run["interrupts"])
    part = await decide(door, run, {"interrupt_id": savoy, "type": "reject", "message": "too dear"})
    assert part["status"] == "interrupted"
    assert [each["interrupt_id"] for each in part["interrupts"]] == [ritz, plaza]
    assert ledger.bookings == []
    edit = {"interrupt_id": plaza, "type": "edit", "args": {"hotel_name": "Hilton"}}
    finished = await decide(door, run, {"interrupt_id": ritz, "type": "accept"}, edit)
    assert finished["status"] == "success"
    assert "too dear" in finished["answer"]
    assert ledger.bookings == ["Hilton", "Ritz"]


async def test_two_questions_of_two_nodes_get_each_its_own_answer(door: Door) -> None:
    run = await door.call("start_run", agent="revise_texts", input={"text_1": "one", "text_2": "two"})
    answers = [
        {"interrupt_id": each["interrupt_id"], "type": "respond", "value": each["value"]["text_to_revise"].upper()}
        for each in run["interrupts"]
    ]
    finished = await decide(door, run, *reversed(answers))
    assert finished["output"] == {"text_1": "ONE", "text_2": "TWO"}


async def test_one_bad_decision_keeps_none(door: Door, ledger: Ledger) -> None:
    run = await start(door, "Book the Ritz and the Plaza")
    ritz, plaza = (each["interrupt_id"] for each in run["interrupts"])
    decisions = [{"interrupt_id": ritz, "type": "accept"}, {"interrupt_id": plaza, "type": "approve"}]
    said = await door.error("resume_run", run_id=run["run_id"], decisions=decisions)
    assert said.startswith("invalid_decision: ")
    assert "accept" in said
    again = await door.call("get_run", run_id=run["run_id"])
    assert again["interrupts"] == run["interrupts"]
    assert ledger.bookings == []


async def test_a_decision_is_made_once(door: Door, ledger: Ledger) -> None:
    run = await start(door)
    decision = {"interrupt_id": run["interrupts"][0]["code"], "type": "accept"}
    first = await decide(door, run, decision)
    again = await decide(door, run, decision)
    assert again["answer"] == first["answer"]
    other = await door.error("resume_run", run_id=run["run_id"], decisions=[{**decision, "type": "reject"}])
    assert other.startswith("already_decided: ")
    assert "accept" in other
    assert ledger.bookings == ["Ritz"]


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"type": "accept", "digest": "0" * 64}, "stale_digest"),
        ({"type": "accept", "interrupt_id": "none"}, "unknown_interrupt"),
        ({"type": "accept", "index": 1}, "invalid_decision"),
        ({"type": "edit", "args": {}}, "invalid_decision"),
        ({"type": "edit", "args": {"hotel_name": 3}}, "invalid_decision"),
        ({"type": "ignore"}, "invalid_decision"),
    ],
)
async def test_what_cannot_be_decided_changes_nothing(door: Door, decision: dict[str, Any], code: str) -> None:
    run = await start(door)
    said = await door.error("resume_run", run_id=run["run_id"], decisions=[decision])
    assert said.startswith(f"{code}: ")
    assert (await door.call("get_run", run_id=run["run_id"]))["interrupts"] == run["interrupts"]


async def test_without_decisions_a_client_that_cannot_ask_is_told_that_nothing_was_decided(door: Door) -> None:
    run = await start(door)
    assert (await door.text("resume_run", run_id=run["run_id"])).startswith("Nothing was decided.")
