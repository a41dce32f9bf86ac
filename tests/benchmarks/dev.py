"""The same cycle of the same agent, against `langgraph dev`, LangGraph's own development server, over HTTP.

It is installed in an environment of its own under `.tools` on first use. A cycle there: make a thread, wait for a run
until it asks, wait for a run that answers.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.cycle import ACCEPT, START
from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import CONFIG, PATIENCE, ROOT, Server, server
from tests.benchmarks.row import Row, Target
from tests.processes import surroundings

REQUIREMENTS = ("langgraph-cli[inmem]==0.4.40", "langgraph-api==0.16.7", "langgraph==1.2.22", "langchain==1.4.7")
"""The rest is as in constraints.txt: without those, pip finds no end."""
PEER = "langgraph dev 0.16.7 over HTTP"
CYCLES = 2
OURS = 20
TARGET = Target(1 / 50)


def installed() -> Path:
    """The folder of its programs."""
    folder = ROOT / ".tools" / "benchmarks" / "langgraph-dev"
    stamp, programs = folder / "installed.json", folder / "venv" / "bin"
    if not stamp.exists() or json.loads(stamp.read_text()) != list(REQUIREMENTS):
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder / "venv")], check=True)
        pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet"]
        only = ["--disable-pip-version-check", "--only-binary", ":all:", "--no-binary", "forbiddenfruit"]
        pinned = ["-c", str(ROOT / "constraints.txt"), *REQUIREMENTS]
        subprocess.run([*pip, *only, *pinned], stdout=sys.stderr, check=True)
        stamp.write_text(json.dumps(REQUIREMENTS))
    return programs


@contextmanager
def development(home: Path) -> Iterator[int]:
    """The port of a `langgraph dev` with the agent of the measurements."""
    for name in ("agents.py", "langgraph.json"):
        # It leaves files where its configuration is.
        (home / name).write_text(CONFIG.with_name(name).read_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    programs = installed()
    command = [str(programs / "langgraph"), "dev", "--no-browser", "--no-reload", "--port", str(port)]
    environ = {**surroundings(home), "PATH": f"{programs}:{os.environ['PATH']}", "LANGSMITH_TRACING": "false"}
    with (home / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, cwd=home, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        _answers(port, process, home / "said.txt")
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _answers(port: int, process: "subprocess.Popen[bytes]", said: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/ok")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < ends, said.read_text()
        time.sleep(0.2)


def of_development(connection: http.client.HTTPConnection) -> float:
    """Milliseconds of a cycle."""

    def post(path: str, body: Any) -> Any:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)

    began = time.perf_counter()
    for _ in range(CYCLES):
        thread = post("/threads", {})["thread_id"]
        go = {"assistant_id": "refunds", "input": {"messages": [{"role": "user", "content": "go"}]}}
        paused = post(f"/threads/{thread}/runs/wait", go)
        assert paused["__interrupt__"], paused
        answer = {"assistant_id": "refunds", "command": {"resume": {"type": "accept"}}}
        ended = post(f"/threads/{thread}/runs/wait", answer)
        assert ended["messages"][-1]["content"] == "Done.", ended
    return (time.perf_counter() - began) / CYCLES * 1000


def of_server(process: Server) -> float:
    """Milliseconds of a cycle."""
    began = time.perf_counter()
    for _ in range(OURS):
        run = process.call("start_run", **START)
        assert process.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)["status"] == "success"
    return (time.perf_counter() - began) / OURS * 1000


def measured(pairs: int = 7) -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as ours,
        tempfile.TemporaryDirectory(dir=ROOT) as its,
        server(Path(ours)) as one,
        development(Path(its)) as port,
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        found = in_turn(lambda: of_server(one), lambda: of_development(connection), pairs)
        connection.close()
    yield Row.of_pairs("dev", "the whole cycle, 2026-07-28 over stdio", "ms", PEER, found, TARGET)
