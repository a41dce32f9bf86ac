"""A server that several people share lets in whoever brings a token of the provider that was made for it."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.edge.callers import INITIALIZE, as_bearer
from tests.identity.issuer import AUDIENCE, CLIENT, Issuer
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, _issuer: Issuer) -> Iterator[HttpServer]:
    home = tmp_path_factory.mktemp("shared")
    (home / "langgraph.json").write_text('{"graphs": {"hotel": "interrupt_mcp_agents.hotel:graph"}}')
    (home / "interrupt-mcp.toml").write_text(f'[auth]\nissuer = "{_issuer.url}"\nclient_id = "{CLIENT}"\n')
    with http_server(home, INTERRUPT_MCP_AUTH="oauth", INTERRUPT_MCP_INBOX="on") as running:
        yield running


def post(server: HttpServer, token: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    return httpx2.post(server.url, json=INITIALIZE, headers=headers, timeout=PATIENCE)


@pytest.mark.anyio
@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_a_client_with_a_token_for_this_server_runs_an_agent(
    server: HttpServer, issuer: Issuer, version: str
) -> None:
    async with as_bearer(server, issuer.token(aud=server.url), version) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        assert run["status"] == "interrupted"


def test_a_token_for_another_server_is_answered_with_where_to_get_one_and_not_with_why(
    server: HttpServer, issuer: Issuer
) -> None:
    token = issuer.token(aud=AUDIENCE)
    answer = post(server, token)
    assert answer.status_code == 401
    challenge = answer.headers["www-authenticate"]
    assert 'error="invalid_token"' in challenge
    assert "audience" not in answer.text + challenge
    where = challenge.partition('resource_metadata="')[2].partition('"')[0]
    told = httpx2.get(where, timeout=PATIENCE).json()
    assert (told["resource"], told["authorization_servers"]) == (server.url, [issuer.url])
    assert told["scopes_supported"] == ["run", "read", "decide", "admin"]
    assert token not in "".join(server.said)


def test_people_sign_in_at_the_same_provider(server: HttpServer, issuer: Issuer) -> None:
    assert f"Sign in with {issuer.url.removeprefix('http://')}" in httpx2.get(f"{server.base}/inbox").text
