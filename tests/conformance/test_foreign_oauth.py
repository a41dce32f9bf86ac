"""TypeScript's client finds the provider by what the server says, and gets there what it needs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.running import PROGRAMS
from tests.conformance import foreign
from tests.identity.authorizing import Authorizing
from tests.identity.issuer import issuing
from tests.processes import HttpServer, http_server

BACK = "http://127.0.0.1:1/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[Authorizing]:
    with issuing() as issuer:
        provider = Authorizing(issuer)
        provider.begin()
        yield provider


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, provider: Authorizing) -> Iterator[HttpServer]:
    home: Path = tmp_path_factory.mktemp("oauth")
    (home / "langgraph.json").write_text('{"graphs": {"hotel": "interrupt_mcp_agents.hotel:graph"}}')
    (home / "interrupt-mcp.toml").write_text(f'[auth]\nissuer = "{provider.issuer.url}"\n')
    with http_server(home, INTERRUPT_MCP_AUTH="oauth") as running:
        yield running


@pytest.mark.parametrize(("era", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_the_typescript_client_signs_in_at_the_provider_and_asks_for_more_when_it_starts_a_run(
    era: str, version: str, server: HttpServer, provider: Authorizing
) -> None:
    provider.asked.clear()
    provider.subject, provider.renewed = version, 0
    # At first less is granted than it asks for.
    provider.grants = lambda scope: scope if len(provider.asked) > 1 else "read"
    job = json.dumps({"url": server.url, "era": era, "back": BACK, "wrong": provider.issuer.token(aud=BACK)})
    done = foreign.node(PROGRAMS / "oauth.mjs", job, PACKAGES=str(foreign.TOOLS / "npm"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["era"] == version
    assert told["run"]["status"] == "interrupted"
    assert told["listed"] == [[], [told["run"]["run_id"]]]
    assert [set(each["scope"].split()) for each in told["asked"]] == [{"run", "read"}] * 2
    assert {each["resource"] for each in told["asked"]} == {server.url}
    assert provider.renewed == 1
