"""Who gets to the tools of a shared server: whoever brings one token that counts, in a header, and nobody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from interrupt_mcp.mcp.permitted import TOOLS
from tests.edge.callers import INITIALIZE, as_bearer, asked, called, operator, post
from tests.patience import PATIENCE
from tests.processes import HttpServer

ALL = ("run", "read", "decide")


@pytest.mark.anyio
async def test_a_client_with_a_token_runs_an_agent_and_waits_for_a_person(
    server: HttpServer, token: str, version: str
) -> None:
    async with as_bearer(server, token, version) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        assert run["status"] == "interrupted"
        assert (await door.call("get_run", run_id=run["run_id"]))["run_id"] == run["run_id"]


def test_nobody_who_brings_no_token_is_let_in_and_is_told_how(server: HttpServer) -> None:
    answer = post(server, INITIALIZE)
    assert answer.status_code == 401
    # Without a token there is nothing wrong with one.
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"]["message"].startswith("unauthorized: ")
    for method in ("GET", "DELETE", "PUT", "OPTIONS"):
        assert httpx2.request(method, server.url, timeout=PATIENCE).status_code == 401
    for path in ("/mcp/", "/mcp/x", "/mcp?x=1"):
        assert httpx2.post(f"{server.base}{path}", json=INITIALIZE, timeout=PATIENCE).status_code == 401


def test_what_is_not_the_tools_asks_for_no_token(server: HttpServer) -> None:
    assert httpx2.get(f"{server.base}/healthz", timeout=PATIENCE).status_code == 200
    assert "Sign in" in httpx2.get(f"{server.base}/inbox", timeout=PATIENCE).text
    assert httpx2.get(f"{server.base}/.well-known/oauth-protected-resource/mcp", timeout=PATIENCE).status_code == 404


@pytest.mark.parametrize(
    "wrong", ["Bearer {}x", "Bearer  {}", "Bearer", "Basic {}", "{}", "Bearer {} {}", "Bearer {},"]
)
def test_a_header_that_is_not_as_it_has_to_be_lets_nobody_in(server: HttpServer, token: str, wrong: str) -> None:
    answer = post(server, INITIALIZE, Authorization=wrong.replace("{}", token))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert token not in answer.text + str(answer.headers)


def test_several_headers_let_nobody_in_though_each_would(server: HttpServer, token: str) -> None:
    header = ("Authorization", f"Bearer {token}")
    twice = [("X-Forwarded-For", "203.0.113.9"), header, header]
    sent = [("Accept", "application/json, text/event-stream")]
    assert httpx2.post(server.url, json=INITIALIZE, headers=[*sent, header], timeout=PATIENCE).status_code == 200
    assert httpx2.post(server.url, json=INITIALIZE, headers=twice, timeout=PATIENCE).status_code == 401


def test_a_token_in_the_address_is_never_taken(server: HttpServer, token: str) -> None:
    for name in ("access_token", "access%5ftoken", "ACCESS_TOKEN"):
        answer = httpx2.post(f"{server.url}?{name}={token}", json=INITIALIZE, timeout=PATIENCE)
        assert answer.status_code == 400
        assert token not in answer.text
    # Not even beside one that counts.
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx2.post(f"{server.url}?access_token=x", headers=headers, timeout=PATIENCE).status_code == 400


@pytest.fixture(scope="module")
def with_one(make: Callable[..., str]) -> dict[str, str]:
    """A token for each scope, that has no other."""
    return {scope: make(f"only-{scope}", scope) for scope in ALL}


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_a_tool_is_called_by_whoever_has_a_scope_for_it_and_by_nobody_else(
    server: HttpServer, with_one: dict[str, str], tool: str
) -> None:
    for scope in ALL:
        answer = post(server, called(tool), with_one[scope])
        if scope in TOOLS[tool]:
            assert answer.status_code not in (401, 403)
            continue
        assert answer.status_code == 403
        said = answer.headers["www-authenticate"]
        assert 'error="insufficient_scope"' in said
        assert f'scope="{TOOLS[tool][0]}"' in said
        assert answer.json()["error"]["message"].startswith("forbidden: ")


@pytest.mark.anyio
async def test_every_tool_is_in_the_table(server: HttpServer, token: str) -> None:
    async with as_bearer(server, token) as door:
        assert {each.name for each in (await door.client.list_tools()).tools} == TOOLS.keys()


@pytest.mark.parametrize(
    ("message", "permitted"),
    [
        (asked("resources/read", uri="run://x"), False),
        (asked("completion/complete"), False),
        ([INITIALIZE, called("get_run")], False),
        (asked("tools/list"), True),
        (INITIALIZE, True),
        (called("no_such_tool"), True),
        (asked("no/such/method"), True),
        ({"jsonrpc": "2.0", "method": "notifications/initialized"}, True),
        ({"jsonrpc": "2.0", "id": 1, "method": ["tools/call"], "params": []}, True),
        (7, True),
    ],
)
def test_what_a_message_asks_is_looked_at_before_it_is_passed_on(
    server: HttpServer, with_one: dict[str, str], message: Any, permitted: bool
) -> None:
    assert (post(server, message, with_one["run"]).status_code != 403) == permitted


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 20_000, '{"method": "tools/call"}'.encode("utf-16")])
def test_a_body_that_cannot_be_read_is_not_passed_on(server: HttpServer, token: str, body: bytes) -> None:
    assert post(server, body, token).status_code == 400


def test_a_revoked_token_counts_no_more(
    server: HttpServer, make: Callable[..., str], home: Path, environ: dict[str, str]
) -> None:
    token = make("leaver", *ALL)
    assert post(server, INITIALIZE, token).status_code == 200
    operator(home, environ, "revoke", "leaver")
    assert post(server, INITIALIZE, token).status_code == 401


def test_no_token_is_in_the_log(server: HttpServer, token: str, with_one: dict[str, str]) -> None:
    said = "".join(server.said)
    assert "brought" in said
    assert not any(each in said for each in (token, *with_one.values()))


def test_whoever_asks_for_health_is_told_nothing_else(server: HttpServer) -> None:
    answer = httpx2.get(server.url.removesuffix("/mcp") + "/healthz", timeout=PATIENCE)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
