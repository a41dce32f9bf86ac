"""The main job over stdio, against a real server process, in both protocol eras."""

from typing import Any

import pytest

from tests.conftest import Door
from tests.ledger import Ledger

pytestmark = pytest.mark.anyio

EDIT = {"type": "edit", "args": {"hotel_name": "Hilton"}}
DECISIONS = {
    "accept": ({"type": "accept"}, ["Ritz"], "Successfully booked a stay at Ritz."),
    "edit": (EDIT, ["Hilton"], "Successfully booked a stay at Hilton."),
    "reject": ({"type": "reject", "message": "too dear"}, [], "too dear"),
    "respond": ({"type": "respond", "value": {"type": "edit", **EDIT}}, ["Hilton"], "booked a stay at Hilton."),
}


@pytest.mark.parametrize("kind", DECISIONS)
async def test_one_call_is_decided_and_only_what_was_decided_is_done(door: Door, ledger: Ledger, kind: str) -> None:
    decision, booked, said = DECISIONS[kind]
    run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    assert run["status"] == "interrupted"
    (interrupt,) = run["interrupts"]
    assert interrupt["requests"][0]["action"] == "book_hotel"
    assert interrupt["requests"][0]["args"] == {"hotel_name": "Ritz"}
    assert ledger.bookings == []
    finished = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
    assert finished["status"] == "success"
    assert said in finished["answer"]
    assert ledger.bookings == booked


async def test_three_parallel_calls_are_decided_each_in_its_own_way(door: Door, ledger: Ledger) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz, the Plaza and the Savoy")
    codes = [interrupt["code"] for interrupt in run["interrupts"]]
    kinds: list[dict[str, Any]] = [{"type": "accept"}, EDIT, {"type": "reject", "message": "too dear"}]
    decisions = [{"interrupt_id": code, **kind} for code, kind in zip(codes, kinds, strict=True)]
    finished = await door.call("resume_run", run_id=run["run_id"], decisions=decisions)
    assert finished["status"] == "success"
    assert "too dear" in finished["answer"]
    assert ledger.bookings == ["Hilton", "Ritz"]


async def test_decisions_of_one_run_may_come_one_after_the_other(door: Door, ledger: Ledger) -> None:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz and the Plaza")
    first, second = run["interrupts"]
    half = await door.call("resume_run", run_id=run["run_id"], decisions=[{"interrupt_id": first["code"], **EDIT}])
    assert [one["code"] for one in half["interrupts"]] == [second["code"]]
    assert ledger.bookings == []
    finished = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert finished["status"] == "success"
    assert ledger.bookings == ["Hilton", "Plaza"]
