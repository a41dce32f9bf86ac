"""A worker that has taken all the memory that it may have."""

import json
from pathlib import Path

import anyio
import pytest

from tests.patience import PATIENCE, until
from tests.processes import over_stdio

pytestmark = [pytest.mark.anyio, pytest.mark.linux]
AGENT = Path(__file__).parent / "agents" / "hoarding.py"


async def test_a_worker_that_gets_no_more_memory_makes_room_for_another(tmp_path: Path) -> None:
    config, begun = tmp_path / "langgraph.json", tmp_path / "begun"
    config.write_text(json.dumps({"graphs": {"hoarding": f"{AGENT}:graph"}}))
    environ = {
        "INTERRUPT_MCP_CONFIG": str(config),
        "INTERRUPT_MCP_WORKERS": "1",
        "INTERRUPT_MCP_WORKER_MEMORY": "400",
        "BEGUN": str(begun),
    }
    async with over_stdio(tmp_path, environ=environ) as door:
        await door.call("start_run", agent="hoarding", input={"name": "hoard"}, wait_seconds=0)
        await until(begun.exists)
        with anyio.fail_after(PATIENCE):
            run = await door.call("start_run", agent="hoarding", input={"name": "modest"}, wait_seconds=25)
    assert run["status"] == "success"
    assert "This worker gets no more memory, and ends" in (tmp_path / "stderr.txt").read_text()
