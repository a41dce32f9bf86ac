"""A replica that is told to end says that it is not ready, goes on for a while, and leaves nobody without an answer."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest

from tests.conftest import Offer
from tests.patience import PATIENCE, until
from tests.processes import CHECKOUT, HttpServer, http_server, over_http

pytestmark = [pytest.mark.anyio, pytest.mark.posix]
LONG = "3000"
"""Seconds for which no test waits."""


@pytest.fixture
def replica(offer: Offer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[HttpServer]:
    """One whose agent waits to be told to go on."""
    config, go = offer(slow="tests.waiting:graph"), tmp_path / "go"
    environ = {"INTERRUPT_MCP_CONFIG": str(config), "GO": str(go), "PYTHONPATH": CHECKOUT}
    with http_server(tmp_path, **environ, INTERRUPT_MCP_DRAIN=request.param) as server:
        yield server


async def not_ready(http: httpx.AsyncClient, replica: HttpServer) -> None:
    with anyio.fail_after(PATIENCE):
        while (await http.get(f"{replica.base}/readyz")).status_code != 503:
            await anyio.sleep(0.01)


@pytest.mark.parametrize("replica", [LONG], indirect=True)
async def test_it_answers_as_ever_and_ends_each_connection_until_it_is_hurried(replica: HttpServer) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http, over_http(replica.url) as door:
        before = await http.get(f"{replica.base}/readyz", headers={"Host": "whatever.example"})
        assert (before.status_code, before.json()) == (200, {"status": "ready"})
        assert "connection" not in before.headers
        run = await door.call("start_run", agent="slow", message="Hello", wait_seconds=0)
        seen: list[Any] = []

        async def wait() -> None:
            seen.append(await door.call("get_run", run_id=run["run_id"], wait_seconds=25))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            replica.process.send_signal(signal.SIGTERM)
            await not_ready(http, replica)
            alive = await http.get(f"{replica.base}/healthz")
            assert (alive.status_code, alive.headers["connection"]) == (200, "close")
            assert len((await door.call("list_runs"))["runs"]) == 1
            # It may be told so again by whoever lost patience, and by no one else.
            replica.process.send_signal(signal.SIGTERM)
            assert (await http.get(f"{replica.base}/readyz")).status_code == 503
            assert await anyio.to_thread.run_sync(replica.stop, signal.SIGINT) == 0
    assert seen[0]["status"] == "running"
    assert "Traceback" not in "".join(replica.said)


@pytest.mark.parametrize("replica", ["1"], indirect=True)
async def test_it_ends_by_itself(replica: HttpServer, tmp_path: Path) -> None:
    async with over_http(replica.url, "2025-11-25") as door:
        await door.call("start_run", agent="slow", message="Hello", wait_seconds=0)
        await until((tmp_path / "go.begun").exists)
        assert await anyio.to_thread.run_sync(replica.stop) == 0
    assert "Traceback" not in "".join(replica.said)
