"""Who may accept and edit: a person where one can be asked, the client where nobody can, and whom the operator says."""

from typing import Any

import pytest

from interrupt_mcp.authority import this_user
from tests.conftest import Serve
from tests.ledger import Ledger
from tests.people.person import Person, cancel, decline, fill_in, properties

pytestmark = pytest.mark.anyio
RITZ = {"agent": "hotel", "message": "Book the Ritz"}
THREE = {"agent": "hotel", "message": "Book the Ritz, the Plaza and the Savoy"}
HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}
CLIENT = {"INTERRUPT_MCP_APPROVER": "client"}
BEYOND_REJECT: list[dict[str, Any]] = [
    {"type": "accept"},
    {"type": "edit", "args": {"hotel_name": "Hilton"}},
    {"type": "respond", "value": "done"},
    {"type": "respond", "message": "done"},
]


async def test_where_a_person_can_be_asked_another_client_of_the_thread_cannot_decide(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    async with serve(mode=era, elicitation_callback=Person()) as door:
        run = await door.call("start_run", **RITZ)
    async with serve(mode=era) as door:
        for decision in BEYOND_REJECT:
            text = await door.error("resume_run", run_id=run["run_id"], decisions=[decision])
            assert text.startswith("needs_human: ")
            assert "interrupt-mcp review" in text
        rejected = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert rejected["status"] == "success"
    assert ledger.bookings == []


async def test_where_nobody_can_be_asked_the_client_decides_and_is_told_to_show_the_user_what_it_is(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", **RITZ)
        idle = await door.text("resume_run", run_id=run["run_id"])
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        entries = await door.record()
    assert "This client cannot ask" in run["next_step"]
    assert "show the user the action and the arguments" in run["next_step"]
    assert idle.startswith("Nothing was decided.")
    assert done["status"] == "success"
    assert ledger.bookings == ["Ritz"]
    assert [each["detail"]["approver"] for each in entries if each["event"] == "started"] == ["client"]


async def test_elicitation_off_makes_auto_the_client(serve: Serve, ledger: Ledger) -> None:
    off = {"INTERRUPT_MCP_ELICITATION": "off"}
    async with serve(environ=off, elicitation_callback=Person()) as door:
        run = await door.call("start_run", **RITZ)
        await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert ledger.bookings == ["Ritz"]


async def test_a_thread_keeps_the_strictest_that_any_of_its_runs_settled(serve: Serve, ledger: Ledger) -> None:
    async with serve() as door:
        first = await door.call("start_run", **RITZ)
        await door.call("resume_run", run_id=first["run_id"], decisions=[{"type": "reject"}])
    thread = {"thread_id": first["thread_id"]}
    async with serve(elicitation_callback=Person()) as door:
        second = await door.call("start_run", **RITZ, **thread)
        await door.call("resume_run", run_id=second["run_id"], decisions=[{"type": "reject"}])
    async with serve() as door:
        third = await door.call("start_run", **RITZ, **thread)
        text = await door.error("resume_run", run_id=third["run_id"], decisions=[{"type": "accept"}])
        entries = await door.record()
    assert text.startswith("needs_human: ")
    assert ledger.bookings == []
    settled = [each["detail"]["approver"] for each in entries if each["event"] == "started"]
    assert settled == ["client", "human", "human"]


async def test_a_copy_of_a_thread_is_as_strict_as_the_thread(serve: Serve, ledger: Ledger) -> None:
    async with serve(elicitation_callback=Person()) as door:
        run = await door.call("start_run", **RITZ)
    async with serve() as door:
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
        again = await door.call("start_run", **RITZ, thread_id=copy["thread_id"], on_interrupted="reject")
        text = await door.error("resume_run", run_id=again["run_id"], decisions=[{"type": "accept"}])
    assert text.startswith("needs_human: ")
    assert ledger.bookings == []


async def test_client_as_approver_asks_nobody_though_somebody_could_be_asked(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person(otherwise=fill_in("accept"))
    async with serve(mode=era, environ=CLIENT, elicitation_callback=person) as door:
        run = await door.call("start_run", **RITZ)
        idle = await door.text("resume_run", run_id=run["run_id"])
        await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert person.forms == []
    assert idle.startswith("Nothing was decided.")
    assert ledger.bookings == ["Ritz"]


async def test_human_as_approver_leaves_no_door_to_a_client_that_cannot_ask(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    async with serve(mode=era, environ=HUMAN) as door:
        run = await door.call("start_run", **RITZ)
        for decision in BEYOND_REJECT:
            digest = {"digest": run["interrupts"][0]["digest"]}
            assert (await door.error("resume_run", run_id=run["run_id"], decisions=[decision])).startswith(
                "needs_human"
            )
            assert (
                await door.error("resume_run", run_id=run["run_id"], decisions=[{**decision, **digest}])
            ).startswith("needs_human")
    assert "interrupt-mcp review" in run["next_step"]
    assert "interrupt-mcp review" in run["interrupts"][0]["where_to_decide"]
    assert ledger.bookings == []


async def test_one_decision_that_needs_a_person_keeps_back_all_that_came_with_it(serve: Serve) -> None:
    async with serve(environ=HUMAN) as door:
        run = await door.call("start_run", **THREE)
        ids = [each["interrupt_id"] for each in run["interrupts"]]
        decisions = [{"interrupt_id": ids[0], "type": "reject"}, {"interrupt_id": ids[1], "type": "accept"}]
        text = await door.error("resume_run", run_id=run["run_id"], decisions=decisions)
        left = await door.call("get_run", run_id=run["run_id"])
    assert text.startswith("needs_human: ")
    assert len(left["interrupts"]) == 3


async def test_a_clients_decision_is_shown_to_the_person_as_a_proposal_and_filled_in_for_edit(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person()
    edit = {"type": "edit", "args": {"hotel_name": "Hilton"}}
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", **RITZ)
        person.otherwise = fill_in("edit")
        done = await door.call("resume_run", run_id=run["run_id"], decisions=[edit])
    first, second = person.forms
    assert "The client proposes" not in first.message
    assert "The client proposes, and nothing is decided by that: edit" in second.message
    assert '"hotel_name": "Ritz"' in second.message
    assert '"hotel_name": "Hilton"' in second.message
    assert properties(second)["arg_hotel_name"]["default"] == "Hilton"
    assert done["status"] == "success"
    assert ledger.bookings == ["Hilton"]


async def test_accepting_a_proposed_edit_accepts_what_the_agent_asked_for(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person()
    edit = {"type": "edit", "args": {"hotel_name": "Hilton"}}
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", **RITZ)
        person.otherwise = fill_in("accept")
        await door.call("resume_run", run_id=run["run_id"], decisions=[edit])
    assert ledger.bookings == ["Ritz"]


@pytest.mark.parametrize("otherwise", [decline, cancel])
async def test_a_proposal_that_the_person_does_not_take_up_decides_nothing(
    serve: Serve, era: str, ledger: Ledger, otherwise: Any
) -> None:
    person = Person(otherwise=otherwise)
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", **RITZ)
        again = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert again["status"] == "interrupted"
    assert again["next_step"].startswith("Nothing was decided.")
    assert ledger.bookings == []


async def test_a_clients_rejections_count_and_the_person_is_asked_about_the_rest(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person()
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", **THREE)
        ids = [each["interrupt_id"] for each in run["interrupts"]]
        person.otherwise = fill_in("accept")
        decisions = [{"interrupt_id": ids[0], "type": "reject"}, {"interrupt_id": ids[2], "type": "accept"}]
        done = await door.call("resume_run", run_id=run["run_id"], decisions=decisions)
    assert done["status"] == "success"
    assert ledger.bookings == ["Plaza", "Savoy"]
    assert ["The client proposes" in text for text in person.texts[3:]] == [False, True]


async def test_a_bad_decision_among_proposals_asks_nobody(serve: Serve, era: str) -> None:
    person = Person()
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", **THREE)
        ids = [each["interrupt_id"] for each in run["interrupts"]]
        shown = len(person.forms)
        decisions = [{"interrupt_id": ids[0], "type": "accept"}, {"interrupt_id": ids[1], "type": "edit", "args": {}}]
        text = await door.error("resume_run", run_id=run["run_id"], decisions=decisions)
    assert text.startswith("invalid_decision: ")
    assert len(person.forms) == shown


async def test_the_record_says_who_decided_through_what_after_being_shown_what(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person(otherwise=fill_in("edit", arg_hotel_name="Hilton"))
    async with serve(mode=era, elicitation_callback=person) as door:
        await door.call("start_run", **RITZ)
        entries = await door.record()
    (started,) = [each["detail"] for each in entries if each["event"] == "started"]
    (asked,) = [each["detail"] for each in entries if each["event"] == "asked"]
    (decided,) = [each["detail"] for each in entries if each["event"] == "decided"]
    assert decided["channel"] == "elicitation"
    assert started["who"] == decided["who"]
    assert decided["who"] == f"{this_user().principal} with mcp 0.1.0"
    assert decided["digest"] == decided["digest_shown"] == asked["digest"]
    assert decided["args_before"] == {"hotel_name": "Ritz"}
    assert decided["args"] == {"hotel_name": "Hilton"}
    assert ledger.bookings == ["Hilton"]
