"""A flood: more requests at once than a process takes are told to come back, and it stays well."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from tests.http.raw import call_of, read_until, sent
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server, over_http

pytestmark = pytest.mark.anyio
FILES, PLACES = 230, 30
"""Files that the process may open, and how many requests at once it then takes."""
ACCEPT = {"Accept": "application/json, text/event-stream"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}},
}


@pytest.fixture
def small(slow: dict[str, str], tmp_path: Path) -> Iterator[HttpServer]:
    with http_server(tmp_path, files=FILES, **slow) as server:
        yield server


async def test_more_requests_than_the_process_takes_are_told_to_come_back_and_it_stays_well(
    small: HttpServer, go: Path
) -> None:
    async with over_http(small.url) as door:
        run = await door.call("start_run", agent="slow", message="Hello", wait_seconds=0)
    waiting = call_of("get_run", run_id=run["run_id"], wait_seconds=25)
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        with ExitStack() as open_connections:
            connections = [open_connections.enter_context(sent(small, waiting)) for _ in range(PLACES)]
            for connection in connections:
                read_until(connection, b'"message":"wait"')
            for _ in range(3):
                refused(await http.post(small.url, json=HELLO, headers=ACCEPT))
                assert (await http.get(f"{small.base}/healthz")).status_code == 200
            go.touch()
            for connection in connections:
                read_until(connection, b'"success"')
        with anyio.fail_after(PATIENCE):
            while (await http.post(small.url, json=HELLO, headers=ACCEPT)).status_code != 200:
                await anyio.sleep(0.01)
    async with over_http(small.url) as door:
        assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "success"


def refused(response: Any) -> None:
    """It says what is the matter and what to do, to who reads the status and to who reads the message."""
    assert response.status_code == 503
    seconds = int(response.headers["Retry-After"])
    assert 1 <= seconds <= 5
    error = json.loads(response.text)
    assert error["id"] is None
    assert error["error"]["message"].startswith(f"busy: {PLACES} requests are in progress")
    assert f"Nothing was done; try again after {seconds} second" in error["error"]["message"]
