"""The same cycle of the same agent against `langgraph dev`, over HTTP, one by one.

`langgraph dev` has an environment of its own under `.tools`, and keeps runs in memory. A cycle there is a new thread, a
run that is waited for, and a second one with the answer.

    python -m tests.benchmarks dev
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2

from tests.benchmarks.cycle import ACCEPT, START, one_by_one
from tests.benchmarks.pairs import in_turn, medians, ratios
from tests.benchmarks.peers import DEV_REQUIREMENTS, LANGGRAPH_DEV
from tests.benchmarks.processes import CONFIG, server
from tests.benchmarks.row import Row
from tests.environments import python_with

_PAIRS, _CYCLES = 3, 2
_PATIENCE = 60.0


@contextmanager
def langgraph_dev(home: Path) -> Iterator[httpx2.Client]:
    """A client of `langgraph dev`, which serves the `langgraph.json` in `home`."""
    program = python_with("benchmarks/langgraph-dev", *DEV_REQUIREMENTS, from_source="forbiddenfruit").with_name(
        "langgraph"
    )
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = (program, "dev", "--no-browser", "--no-reload", "--port", str(port))
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LANGSMITH_TRACING": "false"}
    with (
        (home / "said.txt").open("wb") as said,
        subprocess.Popen(command, cwd=home, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as process,
    ):
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE, trust_env=False) as client:
                until = time.monotonic() + _PATIENCE
                while not _well(client):
                    assert process.poll() is None, (home / "said.txt").read_text()
                    assert time.monotonic() < until, (home / "said.txt").read_text()
                    time.sleep(0.1)
                yield client
        finally:
            process.kill()


@contextmanager
def _refunds(home: Path) -> Iterator[httpx2.Client]:
    for file in (CONFIG, CONFIG.with_name("agents.py")):
        shutil.copy(file, home)
    with langgraph_dev(home) as client:
        yield client


def _well(client: httpx2.Client) -> bool:
    try:
        return client.get("/ok").status_code == 200
    except httpx2.HTTPError:
        return False


def of_dev(client: httpx2.Client) -> tuple[float, float]:
    """Seconds from a start to its interrupt, and from the answer to the end."""
    halves = []
    for _ in range(_CYCLES):
        began = time.perf_counter()
        thread_id = client.post("/threads", json={}).raise_for_status().json()["thread_id"]
        given = {"assistant_id": START["agent"], "input": {"messages": [{"role": "user", "content": START["message"]}]}}
        paused = client.post(f"/threads/{thread_id}/runs/wait", json=given).raise_for_status().json()
        assert paused["__interrupt__"], paused
        half = time.perf_counter()
        answer = {"assistant_id": START["agent"], "command": {"resume": ACCEPT[0]}}
        ended = client.post(f"/threads/{thread_id}/runs/wait", json=answer).raise_for_status().json()
        assert ended["messages"][-1]["content"] == "Done.", ended
        halves.append((half - began, time.perf_counter() - half))
    return medians(halves)


def measured() -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        server(Path(one)) as process,
        _refunds(Path(other)) as client,
    ):
        found = in_turn(lambda: one_by_one(process, _CYCLES * 10), lambda: of_dev(client), _PAIRS)
    whole = [(sum(theirs), sum(ours)) for ours, theirs in found]
    its, ours = medians(whole)
    # As many times faster: the peer's time to ours.
    yield Row("a cycle, times faster", "ms", ours * 1000, ratios(whole), 50, LANGGRAPH_DEV, its * 1000, at_least=True)
