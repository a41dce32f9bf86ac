"""Aegra, a server of agents on PostgreSQL that others wrote, without Redis: it drives runs in its own process.

It has an environment of its own under `.tools`, and needs a newer Python than the server does.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2

from tests.benchmarks.cycle import ACCEPT, START
from tests.benchmarks.over_http import Connection
from tests.benchmarks.peers import AEGRA_PYTHONS, AEGRA_REQUIREMENTS
from tests.benchmarks.processes import CONFIG
from tests.conformance.foreign import TOOLS
from tests.processes import ran

_PATIENCE = 90.0
_INSTALL_SECONDS = 600.0


def python() -> Path | None:
    """A Python with Aegra in an environment of its own; `None` where this machine has none that is new enough."""
    folder = TOOLS / "benchmarks" / "aegra"
    found, stamp = folder / "bin" / "python", folder / "installed.json"
    wanted = list(AEGRA_REQUIREMENTS)
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return found
    newer = next(filter(None, map(_interpreter, AEGRA_PYTHONS)), None)
    if newer is None:
        return None
    for command in (
        (newer, "-m", "venv", "--clear", str(folder)),
        (str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted),
    ):
        done = ran(command, _INSTALL_SECONDS)
        assert done.returncode == 0, done.stderr
    stamp.write_text(json.dumps(wanted))
    return found


def _interpreter(version: str) -> str | None:
    # Where pyenv has it, what is on the PATH may be a program of pyenv's that only says so.
    places = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(f"{version}.*/bin/python")
    return next(map(str, places), None) or shutil.which(f"python{version}")


@contextmanager
def aegra(home: Path, program: Path, database: str) -> Iterator[str]:
    """The address of Aegra, which serves the agent of the measurements and keeps runs in that database."""
    for file in (CONFIG, CONFIG.with_name("agents.py")):
        shutil.copy(file, home)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = (program, "-m", "uvicorn", "aegra_api.main:app", "--host", "127.0.0.1", "--port", str(port))
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DATABASE_URL": database,
        "AEGRA_CONFIG": str(home / CONFIG.name),
        "REDIS_BROKER_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
        "LANGSMITH_TRACING": "false",
    }
    with (
        (home / "said.txt").open("wb") as said,
        subprocess.Popen(
            [*command, "--log-level", "error"],
            cwd=home,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        ) as process,
    ):
        base = f"http://127.0.0.1:{port}"
        try:
            until = time.monotonic() + _PATIENCE
            while not _well(base):
                assert process.poll() is None, (home / "said.txt").read_text()[-4000:]
                assert time.monotonic() < until, (home / "said.txt").read_text()[-4000:]
                time.sleep(0.1)
            yield base
        finally:
            process.kill()


def _well(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/health", trust_env=False, timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


async def cycle(connection: Connection) -> tuple[float, float]:
    """Seconds from a start to its interrupt, and from the answer to the end."""
    began = time.perf_counter()
    thread = json.loads(await connection.post("/threads", {}))["thread_id"]
    said = {"messages": [{"role": "user", "content": START["message"]}]}
    paused = await _run(connection, thread, input=said)
    assert paused["__interrupt__"], paused
    half = time.perf_counter()
    ended = await _run(connection, thread, command={"resume": ACCEPT[0]})
    assert ended["messages"][-1]["content"] == "Done.", ended
    return half - began, time.perf_counter() - half


async def _run(connection: Connection, thread: str, **given: object) -> dict[str, list[dict[str, object]]]:
    body = {"assistant_id": START["agent"], **given}
    found: dict[str, list[dict[str, object]]] = json.loads(await connection.post(f"/threads/{thread}/runs/wait", body))
    return found
