"""Where a server listens, by which names it is called, and what people are told to call it."""

import socket
from pathlib import Path

import httpx2
import pytest

from tests.edge.callers import INITIALIZE, as_bearer, headers_of, token_for
from tests.patience import PATIENCE
from tests.processes import HttpServer, command, http_server, ran, surroundings

SHARED = {"INTERRUPT_MCP_AUTH": "token"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "127.0.0.2"])
def test_without_authentication_nothing_but_loopback_is_listened_on(tmp_path: Path, host: str) -> None:
    done = ran([command(), "serve", "--http", "--host", host], PATIENCE, surroundings(tmp_path))
    assert done.returncode == 2
    assert "INTERRUPT_MCP_AUTH=token" in done.stderr
    assert "interrupt-mcp token create" in done.stderr


def test_a_provider_has_to_be_named_where_its_tokens_are_to_count(tmp_path: Path) -> None:
    done = ran([command(), "serve", "--http"], PATIENCE, surroundings(tmp_path, INTERRUPT_MCP_AUTH="oauth"))
    assert done.returncode == 2
    assert "[auth]" in done.stderr
    assert "issuer" in done.stderr


@pytest.mark.parametrize("wrong", ["no.such.host.invalid", "", "192.0.2.1"])
def test_a_host_that_is_none_of_this_machine_is_refused_in_a_sentence(tmp_path: Path, wrong: str) -> None:
    done = ran([command(), "serve", "--http", "--host", wrong], PATIENCE, surroundings(tmp_path, **SHARED))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def hello(server: HttpServer, token: str, **headers: str) -> int:
    sent = headers_of(token, None, **headers)
    return httpx2.post(server.url, json=INITIALIZE, headers=sent, timeout=PATIENCE).status_code


def test_a_server_for_all_of_a_machine_is_called_by_its_names_and_no_others(server: HttpServer, token: str) -> None:
    for name in ("127.0.0.1", "localhost", "[::1]", socket.gethostname().lower()):
        assert hello(server, token, Host=f"{name}:{server.port}") == 200
    for name in ("evil.example", f"evil.example:{server.port}", "127.0.0.1:1"):
        assert hello(server, token, Host=name) == 421
    assert hello(server, token, Origin="http://evil.example") == 403


@pytest.mark.anyio
async def test_what_people_call_it_is_in_every_link_and_counts_as_its_name(tmp_path: Path) -> None:
    environ = {**SHARED, "INTERRUPT_MCP_URL": "https://agents.example", "INTERRUPT_MCP_INBOX": "on"}
    client = token_for(tmp_path, environ, "client", "run", "read")
    person = token_for(tmp_path, environ, "person", "read", "decide")
    with http_server(tmp_path, **environ) as server:
        assert (
            "serves https://agents.example/mcp, and pages for people at https://agents.example/inbox" in server.said[0]
        )
        async with as_bearer(server, client) as door:
            run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        assert "https://agents.example/inbox/interrupts/" in str(run["interrupts"][0]["where_to_decide"])
        by_name = {"Host": "agents.example", "Origin": "https://agents.example"}
        assert hello(server, client, **by_name) == 200
        form = {"secret": person, "then": "/inbox"}
        answer = httpx2.post(f"{server.base}/inbox/sign-in", data=form, headers=by_name, timeout=PATIENCE)
        assert answer.status_code == 200
        assert "; Secure" in answer.headers["set-cookie"]
        # The address that is proved to processes of this machine is where it listens.
        listed = ran([command(), "interrupts"], PATIENCE, surroundings(tmp_path, **environ))
        assert "https://agents.example/inbox" in listed.stdout
