"""Runs through every door: started, waited for, cancelled, gone back on."""

import pytest

from tests.conftest import Door
from tests.doors.booking import decide, start
from tests.ledger import Ledger

pytestmark = pytest.mark.anyio


async def test_a_run_pauses_with_the_action_and_its_arguments(door: Door) -> None:
    run = await start(door)
    (asked,) = run["interrupts"]
    assert asked["dialect"] == "tool_call"
    assert asked["requests"][0]["action"] == "book_hotel"
    assert asked["requests"][0]["args"] == {"hotel_name": "Ritz"}
    assert asked["status"] == "pending"
    assert run["next_step"]


async def test_a_start_with_the_same_key_starts_once(door: Door, way: str) -> None:
    key = {"agent": "hotel", "idempotency_key": f"key of {way}"}
    first = await door.call("start_run", message="Book the Ritz", **key)
    again = await door.call("start_run", message="Book the Ritz", **key)
    assert again["run_id"] == first["run_id"]
    other = await door.error("start_run", message="Book the Plaza", **key)
    assert other.startswith("idempotency_conflict: ")


async def test_a_cancelled_run_asks_nothing_and_does_nothing(door: Door, ledger: Ledger) -> None:
    run = await start(door)
    cancelled = await door.call("cancel_run", run_id=run["run_id"])
    assert (cancelled["status"], cancelled["interrupts"]) == ("cancelled", [])
    assert (await door.call("cancel_run", run_id=run["run_id"]))["status"] == "cancelled"
    late = {"interrupt_id": run["interrupts"][0]["interrupt_id"], "type": "accept"}
    said = await door.error("resume_run", run_id=run["run_id"], decisions=[late])
    assert said.startswith("superseded: ")
    assert ledger.bookings == []


async def test_get_run_waits_for_a_run_that_was_only_started(door: Door) -> None:
    started = await door.call("start_run", agent="hotel", message="Find hotels in Paris", wait_seconds=0)
    finished = await door.call("get_run", run_id=started["run_id"], wait_seconds=25)
    assert finished["status"] == "success"
    assert "Ritz Paris" in finished["answer"]


async def test_a_thread_can_be_looked_at_and_gone_back_on(door: Door, ledger: Ledger) -> None:
    run = await start(door)
    await decide(door, run, {"type": "accept"})
    thread = await door.call("get_thread", thread_id=run["thread_id"])
    asked = next(one for one in thread["checkpoints"] if run["interrupts"][0]["interrupt_id"] in one["interrupts"])
    again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=asked["checkpoint_id"])
    assert again["status"] == "interrupted"
    assert again["interrupts"][0]["interrupt_id"] != run["interrupts"][0]["interrupt_id"]
    assert [done["action"] for done in again["effects_done"]] == ["book_hotel"]
    assert ledger.bookings == ["Ritz"]


async def test_a_thread_that_waits_takes_no_new_run_unless_what_waits_is_rejected(door: Door) -> None:
    run = await start(door)
    more = {"agent": "hotel", "message": "Find hotels in Paris", "thread_id": run["thread_id"]}
    assert (await door.error("start_run", **more)).startswith("thread_interrupted: ")
    assert (await door.call("start_run", **more, on_interrupted="reject"))["status"] == "success"
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "cancelled"
