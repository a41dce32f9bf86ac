"""Where no process serves a project, what was decided is kept, and whoever looks is told what to start."""

import json
import signal
import subprocess
from typing import Any

import pytest

from tests.conftest import Serve
from tests.processes import PATIENCE, command, surroundings
from tests.together.conftest import Home, Start

pytestmark = pytest.mark.anyio


def looked(home: Home, *arguments: str) -> str:
    """What the command prints."""
    environ = surroundings(home.path, **home.environ)
    ended = subprocess.run([command(), *arguments], cwd=home.path, env=environ, capture_output=True, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode()


def only_run(home: Home) -> dict[str, Any]:
    (run,) = json.loads(looked(home, "runs", "--json"))["runs"]
    return dict(run)


async def test_a_decision_is_kept_and_who_looks_is_told_what_to_start(start: Start, home: Home, serve: Serve) -> None:
    async with start() as process:
        run = await process.door.call("start_run", agent="refunds", message="1")
        async with serve(home.config) as door:
            # The process that serves is there, but it never comes to what is decided.
            process.signal(signal.SIGSTOP)
            accept = {"decisions": [{"type": "accept"}], "wait_seconds": 0}
            decided = await door.call("resume_run", run_id=run["run_id"], **accept)
            assert decided["status"] == "pending"
            assert only_run(home)["next_step"].startswith("The run goes on")
            process.kill()
            told = only_run(home)
    assert told["status"] == "pending"
    assert told["next_step"].startswith("No process serves this project")
    assert "`interrupt-mcp serve --http`" in told["next_step"]
    assert "serve --http" in looked(home, "runs")
    assert home.acts == []
    async with start() as process:
        ended = await process.door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"
        assert only_run(home)["next_step"].startswith("The run is finished")
    assert home.acts == ["refund 1"]
