"""Programs that others wrote, against real processes: the conformance suite, the Inspector, TypeScript's client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.running import TYPESCRIPT, Server, run
from tests.conformance import inspector, suite
from tests.ledger import Ledger
from tests.processes import HttpServer, command, http_server, surroundings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conformance")


@pytest.fixture(scope="module")
def variables(home: Path) -> dict[str, str]:
    """What every server of these tests is started with."""
    return surroundings(home, INTERRUPT_MCP_HOTEL_LEDGER=str(home / "ledger.txt"))


@pytest.fixture(scope="module")
def server(home: Path, variables: dict[str, str]) -> Iterator[HttpServer]:
    with http_server(home, **variables) as running:
        yield running


def test_the_conformance_suite_passes_in_every_version(tmp_path: Path) -> None:
    outcomes = suite.run(tmp_path)
    assert {outcome.version: outcome.failed for outcome in outcomes} == {version: {} for version in suite.VERSIONS}
    assert suite.stale(outcomes) == []
    assert all(outcome.checks["SUCCESS"] >= 10 for outcome in outcomes), [str(outcome) for outcome in outcomes]


@pytest.mark.parametrize(("way", "asks"), [("stdio", True), ("http", True), ("http", False)])
@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_runs_of_three_and_of_twelve_calls_are_decided_in_the_typescript_client(
    way: str, era: str, asks: bool, variables: dict[str, str], ledger: Ledger, server: HttpServer
) -> None:
    outcome = run(TYPESCRIPT, way, era, Server(variables, server.url, ledger.file), asks=asks)
    assert outcome.era == {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]
    assert outcome.finished
    assert outcome.decided_by_forms_alone == asks


# Over stdio each of its calls starts a server; `python -m tests.clients` does that in both eras.
@pytest.mark.parametrize(("way", "era"), [("stdio", "legacy"), ("http", "modern"), ("http", "legacy")])
def test_the_inspector_drives_a_run_and_finds_no_fault_in_the_schemas(
    way: str, era: str, variables: dict[str, str], ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    if way == "stdio":
        given = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
        inspect_run(era, [command(), "serve", *given])
    else:
        inspect_run(era, [request.getfixturevalue("server").url])
    assert ledger.bookings == ["Ritz"]


def inspect_run(era: str, target: list[str]) -> None:
    tools = inspector.inspect(era, target, "tools/list", "--strict")
    assert "resume_run" in [tool["name"] for tool in tools["tools"]]
    begun = inspector.call(era, target, "start_run", agent="hotel", message="Book the Ritz")
    assert begun["status"] == "interrupted"
    accept = {"type": "accept", "interrupt_id": begun["interrupts"][0]["code"]}
    finished = inspector.call(era, target, "resume_run", run_id=begun["run_id"], decisions=[accept])
    assert finished["status"] == "success"
