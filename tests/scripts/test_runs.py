"""What a script gets from `Runs`: typed nouns, errors with codes, waits that outlast calls."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from interrupt_mcp.client import AlreadyDecided, NeedsHuman, Run, Runs, RunsError, StillRunning
from tests.conftest import Serve
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.people.person import Person, fill_in
from tests.projects import offering

pytestmark = pytest.mark.anyio
BOOK = "Book a stay at the McKittrick hotel"
TESTS = Path(__file__).parents[1]


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(tmp_path / "ledger.txt"))
    return Ledger(tmp_path / "ledger.txt")


async def test_a_run_is_decided_with_typed_nouns(serve: Serve, ledger: Ledger, era: str) -> None:
    async with serve(mode=era) as door:
        runs = Runs(door.client)
        run = await runs.start("hotel", BOOK)
        assert (run.status, run.asked.action) == ("interrupted", "book_hotel")
        assert run.asked.args == {"hotel_name": "McKittrick hotel"}
        assert await runs.pending(agent="hotel") == run.interrupts
        assert ledger.bookings == []
        ended = await runs.edit(run, hotel_name="Plaza")
        with pytest.raises(AlreadyDecided) as late:
            await runs.accept(run)
    assert (ended.status, ledger.bookings, late.value.code) == ("success", ["Plaza"], "already_decided")
    assert ended.requests == ()
    with pytest.raises(RunsError, match="asks nothing: its status is success"):
        _ = ended.asked


async def test_of_several_each_is_decided_and_a_wrong_one_changes_nothing(serve: Serve, ledger: Ledger) -> None:
    async with serve() as door:
        runs = Runs(door.client)
        run = await runs.start("hotel", "Book the Ritz, the Plaza and the Savoy")
        with pytest.raises(RunsError, match="asks 3 things"):
            await runs.accept(run)
        with pytest.raises(RunsError, match="no argument 'hotel'"):
            await runs.edit(run.requests[0], hotel="X")
        by_name = {request.args["hotel_name"]: request for request in run.requests}
        await runs.reject(by_name["Ritz"], "Too dear")
        await runs.accept(by_name["Plaza"])
        run = await runs.edit(by_name["Savoy"], {"hotel_name": "Chelsea"})
    assert run.status == "success"
    assert ledger.bookings == ["Chelsea", "Plaza"]


async def test_what_a_newer_server_says_besides_breaks_nothing(serve: Serve) -> None:
    async with serve() as door:
        body = await door.call("start_run", agent="hotel", message=BOOK)
    body["colour"] = body["interrupts"][0]["mood"] = body["interrupts"][0]["requests"][0]["size"] = "new"
    run = Run.of({**body, "status": "dreaming"})
    assert (run.status, run.in_flight, run.asked.action) == ("dreaming", False, "book_hotel")


async def test_a_wait_outlasts_calls_that_are_cut_off_and_ends_when_its_time_is_up(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, era: str
) -> None:
    go = tmp_path / "go"
    monkeypatch.setenv("GO", str(go))
    async with serve(offering(tmp_path, TESTS, "waiting:graph"), mode=era, read_timeout_seconds=1.0) as door:
        runs = Runs(door.client)
        run = await runs.start("graph", "go", wait=False)
        with pytest.raises(StillRunning) as late:
            await runs.wait(run, seconds=1.2)
        assert late.value.run.run_id == run.run_id
        go.touch()
        ended = await runs.wait(run, seconds=PATIENCE)
    assert (ended.status, ended.answer) == ("success", "done")


async def test_a_person_is_asked_by_the_clients_form(serve: Serve, ledger: Ledger, era: str) -> None:
    person: Any = Person(otherwise=fill_in("edit", arg_hotel_name="Grand"))
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await Runs(door.client).start("hotel", BOOK)
    assert (run.status, ledger.bookings) == ("success", ["Grand"])


async def test_where_a_person_must_decide_code_cannot(serve: Serve) -> None:
    async with serve(environ={"INTERRUPT_MCP_APPROVER": "human"}) as door:
        runs = Runs(door.client)
        run = await runs.start("hotel", BOOK)
        with pytest.raises(NeedsHuman):
            await runs.accept(run)
        with pytest.raises(StillRunning), anyio.fail_after(PATIENCE):
            await runs.ask(run, seconds=0.2)
        assert (await runs.cancel(run)).status == "cancelled"
        with pytest.raises(RunsError, match="unknown_run"):
            await runs.get("nothing")


async def test_what_a_result_cuts_is_read_whole_before_it_is_decided(serve: Serve, ledger: Ledger) -> None:
    name = "N" * 60_000
    async with serve() as door:
        runs = Runs(door.client)
        run = await runs.start("hotel", f'call book_hotel {{"hotel_name": "{name}"}}')
        assert run.asked.args == {"hotel_name": name}
        run = await runs.edit(run, hotel_name=name[1:])
    assert run.status == "success"
    assert ledger.bookings == [name[1:]]
