"""Requests in progress on a shared server: they end with their token, and nobody has more of them than their share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.identity.tokens import new_token
from interrupt_mcp.model import Scope
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.edge.callers import INITIALIZE, called, headers_of, operator, post
from tests.edge.conftest import MOST
from tests.patience import PATIENCE
from tests.processes import HttpServer


def streaming(server: HttpServer, token: str, message: Any, stack: ExitStack) -> httpx2.Response:
    """An answer that has begun, and goes on; a message of none is the stream of a session."""
    client = stack.enter_context(httpx2.Client(timeout=PATIENCE))
    if message is not None:
        headers = headers_of(token, message)
        return stack.enter_context(client.stream("POST", server.url, json=message, headers=headers))
    session = client.post(server.url, json=INITIALIZE, headers=headers_of(token)).headers["mcp-session-id"]
    headers = {**headers_of(token), "mcp-session-id": session, "MCP-Protocol-Version": "2025-11-25"}
    return stack.enter_context(client.stream("GET", server.url, headers=headers))


def slow() -> dict[str, Any]:
    return called("start_run", agent="slow", message="go", wait_seconds=25)


def test_what_is_in_progress_ends_when_its_token_is_revoked_and_nothing_else(
    server: HttpServer, make: Callable[..., str], token: str, home: Path, environ: dict[str, str]
) -> None:
    leaver = make("leaver", "run", "read")
    with ExitStack() as stack, ThreadPoolExecutor(3) as threads:
        stack.callback((home / "go").touch)
        stream, call = streaming(server, leaver, None, stack), streaming(server, leaver, slow(), stack)
        other = streaming(server, token, None, stack)
        assert [stream.status_code, call.status_code, other.status_code] == [200, 200, 200]
        ends = [threads.submit(each.read) for each in (stream, call)]
        stays = threads.submit(other.read)
        operator(home, environ, "revoke", "leaver")
        assert all(b'"result"' not in end.result(PATIENCE) for end in ends)
        assert not stays.done()
        assert post(server, INITIALIZE, token).status_code == 200
        other.close()
    (home / "go").unlink()


@pytest.mark.anyio
async def test_what_is_in_progress_ends_when_its_token_expires(server: HttpServer, home: Path) -> None:
    token = new_token()
    database = open_database(home / "state.db")
    project = read_settings({}, config=str(home / "langgraph.json"), cwd=home).project
    await database.store(Reach(project), NOBODY).tokens.make(
        hash_of(token), "soon", frozenset(Scope), datetime.now(UTC) + timedelta(seconds=3)
    )
    database.close()
    with ExitStack() as stack:
        stream = streaming(server, token, None, stack)
        assert stream.status_code == 200
        await anyio.to_thread.run_sync(stream.read)
    assert post(server, INITIALIZE, token).status_code == 401


def test_one_principal_takes_its_share_of_requests_and_leaves_others_theirs(
    server: HttpServer, make: Callable[..., str], token: str
) -> None:
    greedy = [make("greedy", "read"), make("greedy", "read")]
    with ExitStack() as stack:
        for at in range(MOST):
            assert streaming(server, greedy[at % 2], None, stack).status_code == 200
        answer = post(server, INITIALIZE, greedy[0])
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        assert answer.json()["error"]["message"].startswith("busy: ")
        assert post(server, INITIALIZE, token).status_code == 200
