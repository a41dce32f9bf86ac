"""Who leaves, and what goes on: a client that disconnects, and a server that is told to stop."""

import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.http.raw import call_of, read_until, sent
from tests.patience import until
from tests.processes import HttpServer, http_server, over_http

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
IN_TIME = 10.0
"""Seconds: however slow the machine is, less than the 25 for which a client waits. How soon it is, is measured by
`tests/benchmarks/together.py`."""


async def test_a_client_that_disconnects_stops_waiting_and_the_run_goes_on(slow_server: HttpServer, go: Path) -> None:
    with sent(slow_server, call_of("start_run", agent="slow", message="Hello")):
        await until(go.with_suffix(".begun").exists)
    go.touch()
    async with over_http(slow_server.url) as door:
        (left,) = (await door.call("list_runs"))["runs"]
        run = await door.call("get_run", run_id=left["run_id"], wait_seconds=20)
    assert run["status"] == "success"
    assert run["answer"] == "done"


async def test_a_start_whose_client_left_while_it_was_written_is_driven_all_the_same(
    slow_server: HttpServer, go: Path, tmp_path: Path
) -> None:
    go.touch()
    async with over_http(slow_server.url) as door:
        await door.call("list_agents")
        await door.call("list_runs")
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with sent(slow_server, call_of("start_run", agent="slow", message="Hello")) as connection:
                # The first progress tells that the call has begun; after some more calls it waits for the database.
                await anyio.to_thread.run_sync(read_until, connection, b"loading slow")
                for _ in range(20):
                    await door.call("list_runs")
            for _ in range(20):
                await door.call("list_runs")
            other.execute("ROLLBACK")
        await until(go.with_suffix(".begun").exists)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_answers_who_waits_and_ends_in_time_and_the_run_goes_on_later(
    slow_server: HttpServer, version: str, how: signal.Signals, go: Path, slow: dict[str, str], tmp_path: Path
) -> None:
    async with over_http(slow_server.url, version) as door:
        run = await door.call("start_run", agent="slow", message="Hello", wait_seconds=0)
        await until(go.with_suffix(".begun").exists)
        seen: list[dict[str, Any]] = []

        async def wait() -> None:
            seen.append(await door.call("get_run", run_id=run["run_id"], wait_seconds=25))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await door.call("list_runs")
            began = time.monotonic()
            code = await anyio.to_thread.run_sync(slow_server.stop, how)
            seconds = time.monotonic() - began
    assert code == 0
    assert seconds < IN_TIME
    assert seen[0]["status"] == "running"
    assert "Traceback" not in "".join(slow_server.said)

    go.touch()
    with http_server(tmp_path, **slow) as again:
        async with over_http(again.url, version) as door:
            finished = await door.call("get_run", run_id=run["run_id"], wait_seconds=20)
    assert finished["status"] == "success"


async def test_told_to_stop_it_ends_in_time_with_streams_open(slow_server: HttpServer) -> None:
    async with (
        over_http(slow_server.url, "2025-11-25") as legacy,
        over_http(slow_server.url) as modern,
        modern.client.listen(resources_list_changed=True),
    ):
        # A legacy client has a stream for what the server begins, from its first call on.
        await legacy.call("list_runs")
        began = time.monotonic()
        code = await anyio.to_thread.run_sync(slow_server.stop)
        seconds = time.monotonic() - began
    assert code == 0
    assert seconds < IN_TIME
    assert "Traceback" not in "".join(slow_server.said)
