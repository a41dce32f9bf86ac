"""The person is asked by the client, in the call that runs the agent, and the call goes on with the answers."""

import anyio
import pytest

from tests.conftest import Offer, Serve
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.people.person import Person, cancel, decline, do_nothing, fill_in, properties, send
from tests.people.thinking import ready

pytestmark = pytest.mark.anyio
THREE = "Book the Ritz, the Plaza and the Savoy"


async def test_three_parallel_calls_are_accepted_edited_and_rejected_by_forms_alone(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person(
        {
            '"Ritz"': fill_in("accept"),
            '"Plaza"': fill_in("edit", arg_hotel_name="Hilton"),
            '"Savoy"': fill_in("reject", message="too dear"),
        }
    )
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message=THREE)
    assert run["status"] == "success"
    assert ledger.bookings == ["Hilton", "Ritz"]
    assert "too dear" in run["answer"]
    assert len(person.forms) == 3


async def test_twelve_calls_are_decided_in_one_call(serve: Serve, era: str, ledger: Ledger) -> None:
    hotels = [f"Hotel {number:02}" for number in range(12)]
    person = Person({f'"{hotels[-1]}"': fill_in("reject")}, otherwise=fill_in("accept"))
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message=f"Book {', '.join(hotels)}")
    assert run["status"] == "success"
    assert ledger.bookings == hotels[:-1]
    assert len(person.forms) == 12


@pytest.mark.parametrize(
    ("otherwise", "why"),
    [
        (decline, "the form was declined"),
        (cancel, "the form was closed without an answer"),
        (send(None), "the form came back without a decision"),
        (send({}), "the form came back without a decision"),
        (send({"decision": ""}), "the form came back without a decision"),
        (send({"decision": "approve"}), "accept"),
        (send({"decision": "respond"}), "respond"),
        (send({"decision": "edit", "arg_hotel_name": 3}), "`arg_hotel_name` must be of type string"),
        (send({"decision": "accept", "arg_hotel_name": "Hilton"}), "choose `edit` to go on with the change"),
        (send({"decision": "edit", "args": '{"hotel_name": "Hilton"}'}), 'the form has no field "args"'),
        (send({"decision": "accept", "arg_price\u202e": 3}), r'the form has no field "arg_price\u{202e}"'),
        (send({"decision": "edit"}), "the form came back without the arguments"),
        (send({"decision": "accept", "value_json": "no"}), "choose `respond` to give that answer"),
    ],
)
async def test_a_form_that_says_neither_yes_nor_no_decides_nothing(
    serve: Serve, era: str, ledger: Ledger, otherwise: object, why: str
) -> None:
    person = Person(otherwise=otherwise)  # type: ignore[arg-type]
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message=THREE)
        codes = [each["code"] for each in run["interrupts"]]
    assert run["status"] == "interrupted"
    assert [each["status"] for each in run["interrupts"]] == ["pending"] * 3
    assert run["next_step"].startswith("Nothing was decided.")
    assert why in run["next_step"]
    assert all(code in run["next_step"] for code in codes)
    assert ledger.bookings == []
    assert len(person.forms) == 3


async def test_what_one_form_leaves_open_is_asked_again_by_resume_run_and_the_rest_holds(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person({'"Plaza"': decline}, otherwise=fill_in("accept"))
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message=THREE)
        assert run["next_step"].startswith("Not decided:")
        assert [each["requests"][0]["args"] for each in run["interrupts"]] == [{"hotel_name": "Plaza"}]
        person.reactions = {'"Plaza"': fill_in("reject")}
        finished = await door.call("resume_run", run_id=run["run_id"])
    assert finished["status"] == "success"
    assert ledger.bookings == ["Ritz", "Savoy"]
    assert len(person.forms) == 4


async def test_a_run_that_pauses_again_is_asked_about_in_the_same_call(serve: Serve, era: str, offer: Offer) -> None:
    config = offer(steps="steps:three")
    person = Person({f"Question {number}?": fill_in("respond", value_json=f'"{number}!"') for number in range(1, 4)})
    async with serve(config, mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="steps", input={"said": []})
    assert run["status"] == "success"
    assert run["output"] == {"said": ["1!", "2!", "3!"]}


async def test_a_call_asks_no_more_often_than_clients_allow_and_resume_run_asks_the_rest(
    serve: Serve, offer: Offer
) -> None:
    config = offer(many="steps:twelve")
    person = Person(otherwise=fill_in("respond", message="yes"))
    async with serve(config, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="many", input={"said": []})
        assert (run["status"], len(person.forms)) == ("interrupted", 10)
        finished = await door.call("resume_run", run_id=run["run_id"])
    assert finished["output"] == {"said": ["yes"] * 12}


async def test_reading_and_listing_never_ask(serve: Serve, era: str) -> None:
    person = Person()
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        shown = len(person.forms)
        await door.call("get_run", run_id=run["run_id"], wait_seconds=1)
        await door.call("list_interrupts")
        await door.call("list_runs")
        await door.call("cancel_run", run_id=run["run_id"])
    assert (shown, len(person.forms)) == (1, 1)


async def test_elicitation_off_asks_nobody(serve: Serve, era: str) -> None:
    person = Person(otherwise=fill_in("accept"))
    off = {"INTERRUPT_MCP_ELICITATION": "off"}
    async with serve(mode=era, environ=off, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        again = await door.text("resume_run", run_id=run["run_id"])
    assert run["status"] == "interrupted"
    assert again.startswith("Nothing was decided.")
    assert person.forms == []


async def test_the_same_idempotency_key_asks_again_instead_of_starting_again(
    serve: Serve, era: str, ledger: Ledger
) -> None:
    person = Person()
    start = {"agent": "hotel", "message": "Book the Ritz", "idempotency_key": "once"}
    async with serve(mode=era, elicitation_callback=person) as door:
        first = await door.call("start_run", **start)
        person.otherwise = fill_in("accept")
        second = await door.call("start_run", **start)
        third = await door.call("start_run", **start)
    assert (first["status"], second["status"], third["status"]) == ("interrupted", "success", "success")
    assert first["run_id"] == second["run_id"] == third["run_id"]
    assert ledger.bookings == ["Ritz"]
    assert len(person.forms) == 2


async def test_the_form_shows_the_action_its_arguments_and_where_else_to_decide(serve: Serve, era: str) -> None:
    person = Person()
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    (form,), (interrupt,) = person.forms, run["interrupts"]
    for shown in (interrupt["code"], "hotel", run["thread_id"], "book_hotel", '"hotel_name": "Ritz"'):
        assert shown in form.message
    assert f"interrupt-mcp review {interrupt['code']}" in form.message
    assert form.requested_schema["required"] == ["decision"]
    fields = properties(form)
    assert fields["decision"]["enum"] == ["accept", "edit", "reject", "respond"]
    assert "default" not in fields["decision"]
    assert fields["arg_hotel_name"] == {"type": "string", "title": "hotel_name", "default": "Ritz"}
    assert {*fields} == {"decision", "arg_hotel_name", "value_json", "message"}


async def test_a_client_that_cannot_show_a_form_after_all_leaves_all_as_it_was(serve: Serve, ledger: Ledger) -> None:
    async def fail(_context: object, _form: object) -> None:
        raise RuntimeError("no window")

    async with serve(mode="legacy", elicitation_callback=fail) as door:
        run = await door.call("start_run", agent="hotel", message=THREE)
    assert run["status"] == "interrupted"
    assert run["next_step"].startswith("Nothing was decided.")
    assert ledger.bookings == []


async def test_a_person_who_does_not_answer_holds_no_call(serve: Serve, ledger: Ledger) -> None:
    person = Person(otherwise=do_nothing)
    async with serve(mode="legacy", elicitation_callback=person) as door:
        await ready(door)
        with anyio.fail_after(PATIENCE):
            run = await door.call("start_run", agent="hotel", message=THREE, wait_seconds=3)
            again = await door.call("resume_run", run_id=run["run_id"], wait_seconds=0)
    assert run["status"] == again["status"] == "interrupted"
    assert "is open and stays open" in run["next_step"]
    assert "is open and stays open" in again["next_step"]
    assert (len(person.forms), person.most_open) == (1, 1)
    assert ledger.bookings == []
