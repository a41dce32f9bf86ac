"""A worker that somebody starts: it goes on with what a server left, in an environment that no server can have."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE, until
from tests.processes import OF_ITS_OWN, command, http_server, over_http, ran, send, surroundings
from tests.workers.environment import OLDER_MCP, worker_python

pytestmark = pytest.mark.anyio
AGENT = Path(__file__).parent / "agents" / "held.py"


@contextmanager
def worker(home: Path, config: Path, unpacked: Path, **environ: str) -> Iterator["subprocess.Popen[str]"]:
    """A worker in an environment with an older `mcp`, which writes all that it says to `worker.txt`.

    It is the one that is released, without the checkout's server beside it.
    """
    arguments = [str(worker_python(*OLDER_MCP)), "-m", "interrupt_mcp", "worker", "--config", str(config)]
    with (home / "worker.txt").open("w") as said:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=home,
            env=surroundings(home, PYTHONPATH=str(unpacked), **environ),
            creationflags=OF_ITS_OWN,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def asked(home: Path, environ: dict[str, str]) -> list[dict[str, Any]]:
    """What waits for a person, as the command line tells it, which drives nothing."""
    done = ran([command(), "interrupts", "--json"], PATIENCE, surroundings(home, **environ))
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["interrupts"]
    return found


async def test_a_worker_brings_what_a_dead_server_began_to_its_pause_and_leaves_when_asked(
    unpacked: Path, tmp_path: Path
) -> None:
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"held": f"{AGENT}:graph"}}))
    begun, go = tmp_path / "begun", tmp_path / "go"
    environ = {
        "INTERRUPT_MCP_CONFIG": str(config),
        "BEGUN": str(begun),
        "GO": str(go),
    }
    with http_server(tmp_path, **environ) as server:
        async with over_http(server.url) as door:
            run = await door.call("start_run", agent="held", input={"name": "one"}, wait_seconds=0)
            await until(begun.exists)
            server.process.kill()
            server.process.wait(PATIENCE)
    go.touch()
    said = tmp_path / "worker.txt"
    with worker(tmp_path, config, unpacked, **environ) as process:
        await until(lambda: "asking" in said.read_text() and asked(tmp_path, environ))
        (found,) = asked(tmp_path, environ)
        assert found["run_id"] == run["run_id"]
        assert "With mcp 1.30.0?" in json.dumps(found)
        send(process, signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""
    assert re.search(r"^interrupt-mcp worker \S+ serves held of project ", said.read_text(), re.MULTILINE)
    assert "asking\n" in said.read_text()
    assert said.read_text().rstrip().endswith("ended; what it drove goes on in the next process")
