"""People who are asked: by a server in memory, or by one process that a module's tests share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conftest import Door
from tests.effects import Effects
from tests.ledger import Ledger
from tests.people.person import Person
from tests.processes import CHECKOUT, HttpServer, http_server, over_http


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """What agents of a server in memory booked."""
    file = tmp_path / "ledger.txt"
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(file))
    return Ledger(file)


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    """What agents of a server in memory did."""
    file = tmp_path / "effects.txt"
    monkeypatch.setenv("EFFECTS", str(file))
    return Effects(file)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's server process runs; a module that has agents of its own puts a `langgraph.json` there."""
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[HttpServer]:
    """A server process under `human` for all tests of a module."""
    world = {
        "EFFECTS": str(home / "effects"),
        "DESK_DATABASE": str(home / "desk.db"),
        "INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger"),
    }
    with http_server(home, **world, PYTHONPATH=CHECKOUT, INTERRUPT_MCP_APPROVER="human") as running:
        yield running


@pytest.fixture
def did(home: Path) -> Effects:
    """What agents of that process did in this test."""
    file = home / "effects"
    file.unlink(missing_ok=True)
    return Effects(file)


@pytest.fixture
def person() -> Person:
    """Who is asked by the process."""
    return Person()


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
async def door(server: HttpServer, person: Person, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    """A client of the process that asks this person, in each protocol era."""
    async with over_http(server.url, request.param, elicitation_callback=person) as opened:
        yield opened
