"""Before revision 2026-07-28 a form is a request of the server, and stays open when the call that led to it is over."""

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from tests.conftest import Serve
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.people.person import Person, decline, do_nothing, fill_in
from tests.people.rounds import START
from tests.people.thinking import Thinking, finished, ready, with_a_form_open
from tests.processes import HttpServer, http_server, over_http, over_stdio

pytestmark = pytest.mark.anyio
OLD = "2025-11-25"


@pytest.fixture
def server(tmp_path: Path, ledger: Ledger) -> Iterator[HttpServer]:
    with http_server(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file)) as running:
        yield running


async def test_an_answer_after_the_call_returned_is_a_decision_and_the_other_forms_follow(
    serve: Serve, ledger: Ledger
) -> None:
    thinking = Thinking()
    person = Person(otherwise=thinking)
    async with serve(mode="legacy", elicitation_callback=person) as door:
        await ready(door)
        run = await door.call("start_run", **START, wait_seconds=3)
        assert (run["status"], len(person.forms)) == ("interrupted", 1)
        thinking.told.set()
        run = await finished(door, run)
    assert run["status"] == "success"
    assert ledger.bookings == ["Plaza", "Ritz", "Savoy"]
    assert (len(person.forms), person.most_open) == (3, 1)


async def test_the_same_over_stdio(tmp_path: Path, ledger: Ledger) -> None:
    thinking = Thinking()
    person = Person(otherwise=thinking)
    environ = {"INTERRUPT_MCP_HOTEL_LEDGER": str(ledger.file)}
    async with over_stdio(tmp_path, OLD, environ, elicitation_callback=person) as door:
        run = await with_a_form_open(door)
        again = await door.call("resume_run", run_id=run["run_id"], wait_seconds=0)
        assert "is open and stays open" in again["next_step"]
        assert len(person.forms) == 1
        thinking.told.set()
        run = await finished(door, run)
    assert run["status"] == "success"
    assert ledger.bookings == ["Plaza", "Ritz", "Savoy"]
    assert (len(person.forms), person.most_open) == (3, 1)


async def test_over_http_a_call_that_was_given_up_leaves_its_form_open(server: HttpServer, ledger: Ledger) -> None:
    thinking = Thinking()
    person = Person(otherwise=thinking)
    async with over_http(server.url, OLD, elicitation_callback=person) as door:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(door.client.call_tool, "start_run", {"agent": "hotel", "message": "Book the Ritz"})
            with anyio.fail_after(PATIENCE):
                await thinking.asked.wait()
            tasks.cancel_scope.cancel()
        thinking.told.set()
        (run,) = (await door.call("list_runs"))["runs"]
        run = await finished(door, run)
    assert run["status"] == "success"
    assert ledger.bookings == ["Ritz"]


async def test_a_form_is_taken_back_when_somebody_decides_elsewhere(serve: Serve, ledger: Ledger) -> None:
    thinking = Thinking()
    person = Person({'"Ritz"': thinking}, otherwise=fill_in("accept"))
    async with serve(mode="legacy", elicitation_callback=person) as door:
        run = await with_a_form_open(door)
        with anyio.fail_after(PATIENCE):
            await thinking.asked.wait()
        decision = {"interrupt_id": run["interrupts"][0]["interrupt_id"], "type": "reject"}
        await door.call("resume_run", run_id=run["run_id"], decisions=[decision], wait_seconds=0)
        with anyio.fail_after(PATIENCE):
            await thinking.withdrawn.wait()
        run = await finished(door, run)
    assert ledger.bookings == ["Plaza", "Savoy"]
    assert len(person.forms) == 3


async def test_a_client_that_leaves_with_a_form_open_leaves_the_run_as_it_was(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    environ = {"INTERRUPT_MCP_HOTEL_LEDGER": str(ledger.file)}
    async with over_stdio(tmp_path, OLD, environ, elicitation_callback=Person(otherwise=do_nothing)) as door:
        run = await with_a_form_open(door)
    person = Person(otherwise=fill_in("accept"))
    async with over_stdio(tmp_path, OLD, environ, elicitation_callback=person) as door:
        left = await door.call("get_run", run_id=run["run_id"])
        again = await door.call("resume_run", run_id=run["run_id"])
    assert (left["status"], len(left["interrupts"])) == ("interrupted", 3)
    assert again["status"] == "success"
    assert ledger.bookings == ["Plaza", "Ritz", "Savoy"]


async def test_each_form_of_a_call_is_shown_once_though_all_are_declined(serve: Serve) -> None:
    person = Person(otherwise=decline)
    async with serve(mode="legacy", elicitation_callback=person) as door:
        run = await door.call("start_run", **START)
        assert len(person.forms) == 3
        await door.call("resume_run", run_id=run["run_id"])
    assert len(person.forms) == 6
