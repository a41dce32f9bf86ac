"""Answers over real processes: after a long time, after a restart, again, and with a state that was tampered with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import MCPError

from tests.clocks import Clock
from tests.conftest import Door
from tests.ledger import Ledger
from tests.people.person import Person
from tests.people.rounds import decide, rounds
from tests.people.thinking import Thinking, finished, with_a_form_open
from tests.processes import http_server, over_http, over_stdio

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def environ(clock: Clock, ledger: Ledger) -> dict[str, str]:
    return {**clock.environ, "INTERRUPT_MCP_HOTEL_LEDGER": str(ledger.file)}


@asynccontextmanager
async def process(way: str, home: Path, environ: dict[str, str], person: Person) -> AsyncIterator[Door]:
    """A server process, which ends with the block, and a client of it."""
    if way == "stdio":
        async with over_stdio(home, environ=environ, elicitation_callback=person) as door:
            yield door
        return
    with http_server(home, **environ) as server:
        async with over_http(server.url, elicitation_callback=person) as door:
            yield door


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_thirteen_hours_and_a_restart_between_question_and_answer_change_nothing(
    way: str, tmp_path: Path, environ: dict[str, str], clock: Clock, ledger: Ledger
) -> None:
    async with process(way, tmp_path, environ, Person()) as door:
        asked = await rounds(door).ask()
    clock.go_on(hours=13)
    async with process(way, tmp_path, environ, Person()) as door:
        (run,) = (await door.call("list_runs"))["runs"]
        done = await rounds(door).answer(asked.request_state, decide(asked, "accept", "reject", "accept"))
    assert (done["run_id"], done["status"]) == (run["run_id"], "success")
    assert done["updated_at"] > run["updated_at"]
    assert ledger.bookings == ["Ritz", "Savoy"]


async def test_a_form_that_was_open_for_thirteen_hours_is_answered(
    tmp_path: Path, environ: dict[str, str], clock: Clock, ledger: Ledger
) -> None:
    thinking = Thinking()
    person = Person(otherwise=thinking)
    async with over_stdio(tmp_path, "2025-11-25", environ, elicitation_callback=person) as door:
        run = await with_a_form_open(door)
        clock.go_on(hours=13)
        thinking.told.set()
        done = await finished(door, run)
    assert done["status"] == "success"
    assert done["updated_at"][:13] != run["updated_at"][:13]
    assert ledger.bookings == ["Plaza", "Ritz", "Savoy"]
    assert len(person.forms) == 3


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_a_state_that_was_changed_is_refused_and_the_right_one_counts_once(
    way: str, tmp_path: Path, environ: dict[str, str], ledger: Ledger
) -> None:
    async with process(way, tmp_path, environ, Person()) as door:
        call = rounds(door)
        asked = await call.ask()
        state = asked.request_state or ""
        yes = decide(asked, "accept", "accept", "accept")
        for forged in (state[:-2] + "AA", state[: len(state) // 2], f"{state}.{state}", "v1.AAAA", "", "null"):
            with pytest.raises(MCPError, match="Invalid or expired requestState"):
                await call.answer(forged, yes)
        with pytest.raises(MCPError, match="Invalid or expired requestState"):
            await call.answer(state, yes, message="Book the Hilton")
        assert (await call.answer(None, yes)).startswith("invalid_input: ")
        assert ledger.bookings == []
        first = await call.answer(state, decide(asked, "accept", "reject", "reject"))
        again = await call.answer(state, yes)
        runs = (await door.call("list_runs"))["runs"]
    assert first["status"] == again["status"] == "success"
    assert "was decided before: reject" in again["next_step"]
    assert [run["run_id"] for run in runs] == [first["run_id"]]
    assert ledger.bookings == ["Ritz"]
