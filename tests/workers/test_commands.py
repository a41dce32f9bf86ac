"""Commands of a project whose agents run in workers, without a server; and workers that somebody starts beside one."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deciding import decide
from tests.patience import PATIENCE, until
from tests.processes import command, over_stdio, ran, send, surroundings
from tests.projects import offering
from tests.terminals import reviewing
from tests.workers.front import AGENTS, UNRULY, environ, front, workers_of_project

pytestmark = [pytest.mark.anyio, pytest.mark.linux]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_decision_at_the_terminal_lets_the_run_go_on_in_a_worker_of_the_command(tmp_path: Path) -> None:
    config = offering(tmp_path, AGENTS, *UNRULY)
    variables = environ(tmp_path, config) | {"INTERRUPT_MCP_WORKERS": "1"}
    async with over_stdio(tmp_path, environ=variables) as door:
        run = await door.call("start_run", agent="pays", message="bob")
    await until(lambda: not workers_of_project(tmp_path))
    with reviewing(tmp_path, **variables) as keys:
        keys.until("q quit")
        keys.type("a")
        keys.until("The run goes on here")
        keys.until("success: paid bob 5")
        assert keys.ended() == 0
    await until(lambda: not workers_of_project(tmp_path))
    seen = surroundings(tmp_path, **variables)
    thread = ran([command(), "thread", run["thread_id"]], PATIENCE, seen)
    assert thread.returncode == 0, thread.stderr
    assert "tools" in thread.stdout
    agents = ran([command(), "agents", "--json"], PATIENCE, seen)
    assert [each["name"] for each in json.loads(agents.stdout)["agents"]] == [each.partition(":")[2] for each in UNRULY]
    await until(lambda: not workers_of_project(tmp_path))


@contextmanager
def by_hand(home: Path, variables: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker that somebody starts; what it says is in `by_hand.txt`."""
    arguments = [sys.executable, "-m", "interrupt_mcp", "worker"]
    with (home / "by_hand.txt").open("wb") as said:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stderr=said, cwd=home, env=surroundings(home, **variables)
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


async def test_a_worker_by_hand_goes_on_with_what_a_server_and_its_workers_leave(tmp_path: Path) -> None:
    config = offering(tmp_path, AGENTS, *UNRULY)
    variables = environ(tmp_path, config)
    with by_hand(tmp_path, variables) as worker:
        await until(lambda: " serves " in (tmp_path / "by_hand.txt").read_text())
        async with front(tmp_path, config, workers=1) as running:
            run = await running.door.call("start_run", agent="asks", message="x")
            assert (await decide(running.door, run, {"type": "respond", "value": 1}))["status"] == "success"
            run_id = await running.start("waits", "left")
            first = await running.driving("wait for left")
            running.server.stop()
            if first != worker.pid:
                assert await running.driving("wait for left", 2) == worker.pid
            running.go("left")
        done = [command(), "runs", "--json"]
        seen = surroundings(tmp_path, **variables)

        def is_done() -> bool:
            runs = json.loads(ran(done, PATIENCE, seen).stdout)["runs"]
            return any(each["run_id"] == run_id and each["status"] == "success" for each in runs)

        await until(is_done)
        send(worker, signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
