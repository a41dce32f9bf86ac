"""A worker that is told to leave, as by an operator, while its server goes on."""

import json
import os
import signal
from pathlib import Path

import anyio
import pytest

from tests.patience import until
from tests.processes import over_stdio

pytestmark = [pytest.mark.anyio, pytest.mark.posix]
AGENT = Path(__file__).parent / "agents" / "patient.py"


async def test_what_comes_while_a_worker_leaves_is_for_another_and_what_it_had_goes_on_there(tmp_path: Path) -> None:
    config, begun, go = (tmp_path / name for name in ("langgraph.json", "begun", "go"))
    config.write_text(json.dumps({"graphs": {"patient": f"{AGENT}:graph"}}))
    environ = {"INTERRUPT_MCP_CONFIG": str(config), "INTERRUPT_MCP_WORKERS": "2", "BEGUN": str(begun), "GO": str(go)}
    async with over_stdio(tmp_path, environ=environ) as door:

        async def start() -> None:
            run = await door.call("start_run", agent="patient", input={"name": "quick"}, wait_seconds=25)
            assert run["status"] == "success"

        held = await door.call("start_run", agent="patient", input={"name": "held"}, wait_seconds=0)
        await until(lambda: begun.exists() and begun.read_text().endswith("\n"))
        left = int(begun.read_text())
        os.kill(left, signal.SIGTERM)
        async with anyio.create_task_group() as tasks:
            for _ in range(6):
                tasks.start_soon(start)
        await until(lambda: begun.read_text().strip() not in ("", str(left)))
        go.touch()
        run = await door.call("get_run", run_id=held["run_id"], wait_seconds=25)
    assert run["status"] == "success"
    assert run["output"]["by"] != left
    assert "Traceback" not in (tmp_path / "stderr.txt").read_text()
