"""A server that several people share lets in whoever brings a token of the provider that was made for it."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx2
import jwt
import pytest

from tests.edge.callers import INITIALIZE, as_bearer
from tests.identity.issuer import AUDIENCE, CLIENT, Issuer
from tests.patience import PATIENCE, until
from tests.processes import HttpServer, http_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, _issuer: Issuer) -> Iterator[HttpServer]:
    home = tmp_path_factory.mktemp("shared")
    (home / "langgraph.json").write_text('{"graphs": {"hotel": "interrupt_mcp_agents.hotel:graph"}}')
    (home / "interrupt-mcp.toml").write_text(
        f'proxies = ["127.0.0.1"]\n[auth]\nissuer = "{_issuer.url}"\nclient_id = "{CLIENT}"\n'
    )
    with http_server(home, INTERRUPT_MCP_AUTH="oauth", INTERRUPT_MCP_INBOX="on") as running:
        yield running


def post(server: HttpServer, token: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    # From somewhere else each time, so that no wrong token makes the next one slow.
    headers["X-Forwarded-For"] = f"203.{secrets.randbelow(256)}.{secrets.randbelow(256)}.1"
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


@pytest.mark.anyio
async def test_whatever_is_wrong_with_a_token_is_answered_alike_and_a_key_may_be_changed(
    server: HttpServer, issuer: Issuer
) -> None:
    right: dict[str, Any] = {"aud": server.url}
    unsigned = jwt.encode(issuer.claims(**right), "", "none")
    wrong = {
        "audience": issuer.token(aud=AUDIENCE),
        "issuer": issuer.token(iss="http://127.0.0.1:1", **right),
        "no signature": unsigned,
        "signature": f"{issuer.token(**right)[:-8]}AAAAAAAA",
        "expired": issuer.token(**right, exp=1),
        "not yet": issuer.token(**right, nbf=4_000_000_000),
        "no subject": issuer.token(**right, sub=None),
    }
    answers = {what: post(server, token) for what, token in wrong.items()}
    assert {what: each.status_code for what, each in answers.items()} == dict.fromkeys(wrong, 401)
    assert len({(each.text, each.headers["www-authenticate"]) for each in answers.values()}) == 1
    old = issuer.token(**right)
    issuer.rotate("two")
    # Keys are asked for again after a pause.
    await until(lambda: post(server, issuer.token("two", **right)).status_code == 200)
    assert post(server, old).status_code == 401
