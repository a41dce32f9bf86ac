"""Start, pause, decide and go on over Streamable HTTP, in both protocol eras on one port."""

from typing import Any

import anyio
import pytest

from tests.conftest import Door
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.processes import HttpServer, over_http

pytestmark = pytest.mark.anyio


async def booking(door: Door, hotels: str = "the Ritz") -> dict[str, Any]:
    run = await door.call("start_run", agent="hotel", message=f"Book {hotels}")
    assert run["status"] == "interrupted"
    return run


async def test_an_accepted_booking_is_made_once(server: HttpServer, version: str, ledger: Ledger) -> None:
    async with over_http(server.url, version) as door:
        run = await booking(door)
        finished = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert finished["status"] == "success"
    assert ledger.bookings == ["Ritz"]


async def test_an_edited_booking_is_made_as_edited(server: HttpServer, version: str, ledger: Ledger) -> None:
    async with over_http(server.url, version) as door:
        run = await booking(door)
        edit = {"type": "edit", "args": {"hotel_name": "The Plaza"}}
        finished = await door.call("resume_run", run_id=run["run_id"], decisions=[edit])
    assert "Successfully booked a stay at The Plaza." in finished["answer"]
    assert ledger.bookings == ["The Plaza"]


async def test_a_rejected_booking_is_not_made_and_the_agent_is_told_why(
    server: HttpServer, version: str, ledger: Ledger
) -> None:
    async with over_http(server.url, version) as door:
        run = await booking(door)
        reject = {"type": "reject", "message": "We stay at home."}
        finished = await door.call("resume_run", run_id=run["run_id"], decisions=[reject])
    assert finished["status"] == "success"
    assert "We stay at home." in finished["answer"]
    assert ledger.bookings == []


async def test_a_question_is_answered_with_a_value(server: HttpServer, version: str) -> None:
    async with over_http(server.url, version) as door:
        run = await door.call("start_run", agent="revise_text", input={"some_text": "teh"})
        respond = {"type": "respond", "value": "the"}
        finished = await door.call("resume_run", run_id=run["run_id"], decisions=[respond])
    assert finished["output"] == {"some_text": "the"}


async def test_three_parallel_bookings_are_decided_at_once(server: HttpServer, version: str, ledger: Ledger) -> None:
    async with over_http(server.url, version) as door:
        run = await booking(door, "the Ritz, the Plaza and the Savoy")
        ritz, plaza, savoy = (one["interrupt_id"] for one in run["interrupts"])
        decisions = [
            {"interrupt_id": ritz, "type": "accept"},
            {"interrupt_id": plaza, "type": "edit", "args": {"hotel_name": "Hilton"}},
            {"interrupt_id": savoy, "type": "reject", "message": "too dear"},
        ]
        finished = await door.call("resume_run", run_id=run["run_id"], decisions=decisions)
    assert "too dear" in finished["answer"]
    assert ledger.bookings == ["Hilton", "Ritz"]


async def test_clients_of_both_eras_share_the_runs_of_one_server(server: HttpServer, ledger: Ledger) -> None:
    async with over_http(server.url, "2026-07-28") as modern, over_http(server.url, "2025-11-25") as legacy:
        run = await booking(modern)
        (seen,) = (await legacy.call("list_interrupts"))["interrupts"]
        await legacy.call("resume_run", run_id=seen["run_id"], decisions=[{"type": "accept"}])
        finished = await modern.call("get_run", run_id=run["run_id"], wait_seconds=20)
    assert seen == run["interrupts"][0]
    assert finished["status"] == "success"
    assert ledger.bookings == ["Ritz"]


async def test_of_eight_who_decide_at_the_same_time_one_wins_and_the_tool_runs_once(
    server: HttpServer, ledger: Ledger
) -> None:
    versions = ["2026-07-28", "2025-11-25"] * 4
    outcomes: list[str] = []
    async with over_http(server.url) as door:
        run = await booking(door)

    async def decide(version: str, number: int) -> None:
        edit = {"type": "edit", "args": {"hotel_name": f"Hotel {number}"}}
        async with over_http(server.url, version) as door:
            outcomes.append(await door.text("resume_run", run_id=run["run_id"], decisions=[edit]))

    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as callers:
            for number, version in enumerate(versions):
                callers.start_soon(decide, version, number)

    refused = [outcome for outcome in outcomes if outcome.startswith("already_decided: ")]
    assert len(refused) == 7
    assert len(ledger.bookings) == 1
