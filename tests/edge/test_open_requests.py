"""Requests in progress on a shared server: they end with their token, and nobody has more of them than their share."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx2
import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.identity.tokens import new_token
from interrupt_mcp.model import Scope
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.database import address_of
from tests.edge.callers import INITIALIZE, called, headers_of, operator, post
from tests.edge.conftest import MOST
from tests.patience import PATIENCE, until
from tests.processes import HttpServer


def streaming(server: HttpServer, token: str, stack: ExitStack) -> httpx2.Response:
    """The stream of a new session, which goes on."""
    client = stack.enter_context(httpx2.Client(timeout=PATIENCE))
    session = client.post(server.url, json=INITIALIZE, headers=headers_of(token)).headers["mcp-session-id"]
    headers = {**headers_of(token), "mcp-session-id": session, "MCP-Protocol-Version": "2025-11-25"}
    deadline = time.monotonic() + PATIENCE
    # The place of a request is free again a moment after its answer came.
    while (answer := client.send(client.build_request("GET", server.url, headers=headers), stream=True)).is_error:
        answer.close()
        assert time.monotonic() < deadline
    return stack.enter_context(closing(answer))


@pytest.mark.anyio
async def test_what_is_in_progress_ends_when_its_token_is_revoked_and_nothing_else(
    server: HttpServer, make: Callable[..., str], home: Path, environ: dict[str, str]
) -> None:
    leaver, stayer = make("leaver", "run", "read"), make("stayer", "read")
    with ExitStack() as stack, ThreadPoolExecutor(3) as threads:
        stack.callback((home / "go").touch)
        slow = called("start_run", agent="slow", message="go", wait_seconds=25)
        call = threads.submit(post, server, slow, leaver)
        stream = threads.submit(streaming(server, leaver, stack).read)
        stays = threads.submit(streaming(server, stayer, stack).read)
        await until((home / "go.begun").exists)
        operator(home, environ, "revoke", "leaver")
        answer = await anyio.to_thread.run_sync(call.result, PATIENCE)
        assert answer.status_code == 401 or b'"result"' not in answer.content
        await anyio.to_thread.run_sync(stream.result, PATIENCE)
        assert not stays.done()
        operator(home, environ, "revoke", "stayer")
        await anyio.to_thread.run_sync(stays.result, PATIENCE)


@pytest.mark.anyio
async def test_what_is_in_progress_ends_when_its_token_expires(server: HttpServer, home: Path) -> None:
    token = new_token()
    database = open_database(address_of(home))
    project = read_settings({}, config=str(home / "langgraph.json"), cwd=home).project
    await database.store(Reach(project), NOBODY).tokens.make(
        hash_of(token), "soon", frozenset(Scope), datetime.now(UTC) + timedelta(seconds=3)
    )
    database.close()
    with ExitStack() as stack:
        stream = streaming(server, token, stack)
        assert stream.status_code == 200
        await anyio.to_thread.run_sync(stream.read)
    assert post(server, INITIALIZE, token).status_code == 401


def test_one_principal_takes_its_share_of_requests_and_leaves_others_theirs(
    server: HttpServer, make: Callable[..., str], token: str
) -> None:
    greedy = [make("greedy", "read"), make("greedy", "read")]
    with ExitStack() as stack:
        for at in range(MOST):
            assert streaming(server, greedy[at % 2], stack).status_code == 200
        answer = post(server, INITIALIZE, greedy[0])
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        assert answer.json()["error"]["message"].startswith("busy: ")
        assert post(server, INITIALIZE, token).status_code == 200
