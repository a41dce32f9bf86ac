"""Programs that others wrote, against real processes: the conformance suite, the Inspector, TypeScript's client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import foreign, suite
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


@pytest.fixture
def ledger(home: Path) -> Path:
    """One line for each booking that was really made in the test."""
    file = home / "ledger.txt"
    file.unlink(missing_ok=True)
    return file


def test_the_conformance_suite_passes_in_every_version(tmp_path: Path) -> None:
    outcomes = suite.run(tmp_path)
    assert {outcome.version: outcome.failed for outcome in outcomes} == {version: {} for version in suite.VERSIONS}
    assert suite.stale(outcomes) == []
    assert all(outcome.checks["SUCCESS"] >= 10 for outcome in outcomes), [str(outcome) for outcome in outcomes]


@pytest.mark.parametrize("how", ["forms", "decisions"])
@pytest.mark.parametrize("era", ["auto", "legacy"])
@pytest.mark.parametrize("way", ["stdio", "http"])
def test_the_typescript_client_drives_a_run(
    way: str, era: str, how: str, variables: dict[str, str], ledger: Path, request: pytest.FixtureRequest
) -> None:
    if way == "stdio":
        done = typescript(way, era, how, command(), "serve", **variables)
    else:
        done = typescript(way, era, how, request.getfixturevalue("server").url)
    assert "resume_run" in done["tools"]
    assert done["run"]["status"] == "success"
    assert done["paused"] == ("success" if how == "forms" else "interrupted")
    assert len(done["shown"]) == (2 if how == "forms" else 0)
    assert sorted(ledger.read_text().split()) == ["Hilton", "Ritz"]


@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize("way", ["stdio", "http"])
def test_the_inspector_drives_a_run_and_finds_no_fault_in_the_schemas(
    way: str, era: str, variables: dict[str, str], ledger: Path, request: pytest.FixtureRequest
) -> None:
    if way == "stdio":
        given = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
        inspect_run(era, [command(), "serve", *given])
    else:
        inspect_run(era, [request.getfixturevalue("server").url])
    assert ledger.read_text() == "Ritz\n"


def inspect_run(era: str, target: list[str]) -> None:
    tools = inspect(era, target, "tools/list", "--strict")
    assert "resume_run" in [tool["name"] for tool in tools["tools"]]
    run = inspect_call(era, target, "start_run", agent="hotel", message="Book the Ritz")
    assert run["status"] == "interrupted"
    accept = {"type": "accept", "interrupt_id": run["interrupts"][0]["code"]}
    finished = inspect_call(era, target, "resume_run", run_id=run["run_id"], decisions=[accept])
    assert finished["status"] == "success"


def inspect_call(era: str, target: list[str], tool: str, **arguments: Any) -> dict[str, Any]:
    options = ["--tool-name", tool, "--tool-args-json", json.dumps(arguments)]
    found: dict[str, Any] = inspect(era, target, "tools/call", *options)["structuredContent"]
    return found


def inspect(era: str, target: list[str], method: str, *options: str) -> dict[str, Any]:
    """What the Inspector prints; it exits with another code than 0 where something is wrong."""
    common = ["--protocol-era", era, "--format", "json", "--method", method]
    done = foreign.node("@modelcontextprotocol/inspector#mcp-inspector", "--cli", *target, *common, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["result"]
    return found


def typescript(*arguments: str, **environ: str) -> dict[str, Any]:
    packages = str(foreign.TOOLS / "npm")
    done = foreign.node(Path(__file__).with_name("client.mjs"), *arguments, PACKAGES=packages, **environ)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
