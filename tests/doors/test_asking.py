"""Forms through every door: by them alone runs are decided, and a host that does not answer them decides nothing."""

import anyio
import pytest
from mcp_types import ElicitRequestFormParams, ElicitResult

from tests.conftest import Door
from tests.doors.booking import THREE
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.people.person import Do, Person, cancel, decline, fill_in, send

pytestmark = pytest.mark.anyio
REACTIONS = {
    '"Plaza"': fill_in("edit", arg_hotel_name="Hilton"),
    '"Savoy"': fill_in("reject", message="too dear"),
}
NINE = [f"Hotel {number:02}" for number in range(1, 10)]


@pytest.fixture(autouse=True)
def as_new(person: Person) -> None:
    """Nobody's earlier forms and answers are left."""
    person.reactions, person.otherwise, person.forms = {}, decline, []


async def test_three_parallel_calls_are_accepted_edited_and_rejected_by_forms_alone(
    asking_door: Door, person: Person, ledger: Ledger
) -> None:
    person.reactions, person.otherwise = REACTIONS, fill_in("accept")
    finished = await asking_door.call("start_run", agent="hotel", message=THREE)
    assert finished["status"] == "success"
    assert "too dear" in finished["answer"]
    assert ledger.bookings == ["Hilton", "Ritz"]
    assert len(person.forms) == 3


async def test_twelve_are_decided_by_forms_alone_in_one_call(asking_door: Door, person: Person, ledger: Ledger) -> None:
    person.reactions, person.otherwise = REACTIONS, fill_in("accept")
    message = f"Book {', '.join(NINE)}, the Ritz, the Plaza and the Savoy"
    finished = await asking_door.call("start_run", agent="hotel", message=message)
    assert finished["status"] == "success"
    assert ledger.bookings == ["Hilton", *NINE, "Ritz"]
    assert len(person.forms) == 12


@pytest.mark.parametrize("otherwise", [decline, cancel, send(None), send({}), send({"decision": ""})])
async def test_a_host_that_declines_closes_or_leaves_empty_every_form_decides_nothing(
    asking_door: Door, person: Person, ledger: Ledger, otherwise: Do
) -> None:
    person.otherwise = otherwise
    run = await asking_door.call("start_run", agent="hotel", message=THREE)
    assert run["status"] == "interrupted"
    assert run["next_step"].startswith("Nothing was decided.")
    assert [each["status"] for each in run["interrupts"]] == ["pending"] * 3
    assert ledger.bookings == []
    person.otherwise = fill_in("accept")
    finished = await asking_door.call("resume_run", run_id=run["run_id"])
    assert finished["status"] == "success"
    assert ledger.bookings == ["Plaza", "Ritz", "Savoy"]


async def test_what_an_agent_asks_after_its_call_is_over_is_asked_by_resume_run(
    asking_door: Door, person: Person, ledger: Ledger
) -> None:
    person.otherwise = fill_in("accept")
    run = await asking_door.call("start_run", agent="hotel", message="Book the Ritz", wait_seconds=0)
    assert run["status"] in ("pending", "running")
    assert "get_run" in run["next_step"]
    paused = await asking_door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert paused["status"] == "interrupted"
    assert "resume_run" in paused["next_step"]
    assert person.forms == []
    finished = await asking_door.call("resume_run", run_id=run["run_id"])
    assert finished["status"] == "success"
    assert len(person.forms) == 1
    assert ledger.bookings == ["Ritz"]


async def test_a_host_that_never_answers_holds_up_nothing_and_decides_nothing(
    asking_door: Door, person: Person, way: str, ledger: Ledger
) -> None:
    asked, over = anyio.Event(), anyio.Event()

    async def hang(_form: ElicitRequestFormParams) -> ElicitResult:
        asked.set()
        await over.wait()
        return ElicitResult(action="cancel")

    person.otherwise = hang
    thread = {"thread_id": f"hangs {way}"}
    try:
        async with anyio.create_task_group() as tasks:
            start = {"agent": "hotel", "message": "Book the Ritz", **thread}
            tasks.start_soon(asking_door.client.call_tool, "start_run", start)
            with anyio.fail_after(PATIENCE):
                await asked.wait()
                (run,) = (await asking_door.call("list_runs", **thread))["runs"]
                other = await asking_door.call("start_run", agent="hotel", message="Find hotels in Paris")
                rejected = [{"type": "reject", "message": "nobody answers"}]
                ended = await asking_door.call("resume_run", run_id=run["run_id"], decisions=rejected)
            tasks.cancel_scope.cancel()
    finally:
        over.set()
    assert (run["status"], other["status"], ended["status"]) == ("interrupted", "success", "success")
    assert ledger.bookings == []
