"""The conformance suite against a real server process: what ran, what failed, and whether that was expected."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.conformance import foreign
from tests.conformance.bearing import bearing
from tests.deploy.ports import free_port
from tests.edge.callers import token_for
from tests.processes import http_server

VERSIONS = ("2026-07-28", "2025-11-25", "2025-06-18")
EXPECTED = Path(__file__).with_name("expected.toml")


@dataclass
class Outcome:
    """What one version of the protocol came to."""

    version: str
    scenarios: list[str] = field(default_factory=list)
    checks: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    """Checks that failed and are not expected to, with the suite's words."""
    expected: set[str] = field(default_factory=set)
    """Checks that failed as expected."""
    passed: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        counted = ", ".join(f"{count} {status.lower()}" for status, count in sorted(self.checks.items()))
        return f"{self.version}: {len(self.scenarios)} scenarios, {counted}, {len(self.expected)} expected to fail"


def run(home: Path) -> list[Outcome]:
    """All scenarios that need no fixture, in every version."""
    home.mkdir(exist_ok=True)
    with http_server(home) as server:
        return [_run(server.url, version, home / version) for version in VERSIONS]


def run_with_tokens(home: Path) -> list[Outcome]:
    """The same for a server to which nobody gets without a token, with one that may do all of it."""
    home.mkdir(exist_ok=True)
    environ, port = {"INTERRUPT_MCP_AUTH": "token"}, free_port()
    token = token_for(home, environ, "suite", "run", "read", "decide")
    at = ("--port", str(port))
    with bearing(token, port) as proxy, http_server(home, *at, INTERRUPT_MCP_URL=proxy.url, **environ):
        return [_run(f"{proxy.url}/mcp", version, home / version) for version in VERSIONS]


def stale(outcomes: list[Outcome]) -> list[str]:
    """Expectations that are not true any more: the check passes, or is not there."""
    still = {check for outcome in outcomes for check in outcome.expected}
    return sorted(set(_expectations()["fails"]) - still)


def _run(url: str, version: str, results: Path) -> Outcome:
    expectations = _expectations()
    options = ["--suite", "all", "--spec-version", version, "--output-dir", str(results)]
    done = foreign.node("@modelcontextprotocol/conformance#conformance", "server", "--url", url, *options)
    outcome = Outcome(version)
    for scenario, checks in _results(results):
        if scenario in expectations["needs"]:
            continue
        outcome.scenarios.append(scenario)
        for check in checks:
            status, name = check["status"], check["id"]
            if status == "FAILURE" and name in expectations["fails"]:
                outcome.expected.add(name)
                continue
            outcome.checks[status] += 1
            if status == "FAILURE":
                outcome.failed[f"{scenario}: {name}"] = check.get("errorMessage", "")
            if status == "SUCCESS":
                outcome.passed.add(f"{scenario}: {name}")
    assert outcome.scenarios, done.stdout + done.stderr
    return outcome


def _results(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Each scenario's name and its checks; the folder of one is called `server-NAME-TIME`."""
    for file in sorted(folder.glob("server-*/checks.json")):
        yield (
            file.parent.name.removeprefix("server-")[: -len("-2026-01-01T00-00-00-000Z")],
            json.loads(file.read_text()),
        )


def _expectations() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(EXPECTED.read_text())
