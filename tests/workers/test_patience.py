"""A worker that does not answer, as its server sees it that has no other one."""

import os
import re
import signal
from pathlib import Path

import pytest

from interrupt_mcp.workers import worker
from tests.conftest import serving
from tests.patience import until
from tests.processes import CHECKOUT
from tests.projects import offering
from tests.workers.front import AGENTS, UNRULY, stop, workers_of_project

pytestmark = [pytest.mark.anyio, pytest.mark.linux]


async def test_questions_to_a_stopped_worker_are_told_so_and_it_is_used_again_once_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "_BLOCKED_SECONDS", 1.0)
    monkeypatch.setattr(worker, "_PATIENCE_SECONDS", 2.0)
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    monkeypatch.setenv("PYTHONPATH", CHECKOUT)
    config = offering(tmp_path, AGENTS, *UNRULY)
    async with serving(tmp_path, config, environ={"INTERRUPT_MCP_WORKERS": "1"}) as door:
        run = await door.call("start_run", agent="asks", message="one")
        (pid,) = workers_of_project(tmp_path)
        stop(pid)
        try:
            said = await door.error("get_thread", thread_id=run["thread_id"])
            assert re.match(r"unavailable: Worker 1 has not answered for \d seconds: an agent blocks its event", said)
            assert "worker 1 has not answered for" in caplog.text
            # What needs no agent is done all the same, and a start and a decision are kept.
            second = await door.call("start_run", agent="asks", message="two", wait_seconds=0)
            assert second["status"] == "pending"
            assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
            decision = {"type": "respond", "value": "yes"}
            kept = await door.call("resume_run", run_id=run["run_id"], decisions=[decision], wait_seconds=0)
            assert kept["status"] in ("pending", "running")
        finally:
            os.kill(pid, signal.SIGCONT)
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"
        second = await door.call("get_run", run_id=second["run_id"], wait_seconds=25)
        assert second["status"] == "interrupted"
        again = await door.call("start_run", agent="asks", message="three")
        assert again["status"] == "interrupted"
    await until(lambda: not workers_of_project(tmp_path))
