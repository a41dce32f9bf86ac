"""What an agent raises past who catches errors ends its own run, and neither the server nor anybody else's run."""

from pathlib import Path

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import decide
from tests.processes import CHECKOUT, over_stdio

pytestmark = pytest.mark.anyio


async def test_a_node_that_raises_past_errors_ends_its_own_run_with_what_it_said(
    serve: Serve, offer: Offer, era: str
) -> None:
    async with serve(offer("escaping:by_node", notes="needing:notes"), mode=era) as door:
        run = await door.call("start_run", agent="by_node", message="go")
        assert (run["status"], run["error"]["code"]) == ("error", "agent_error")
        assert "NotConfigured: There is no user" in run["error"]["message"]
        other = await door.call("start_run", agent="notes", message="call recall {}")
    assert other["status"] == "success"


async def test_a_tool_that_raises_past_errors_is_in_doubt_as_one_that_raises_an_error(
    serve: Serve, offer: Offer
) -> None:
    async with serve(offer("escaping:by_tool", notes="needing:notes")) as door:
        waiting = await door.call("start_run", agent="by_tool", message="go")
        run = await decide(door, waiting, {"type": "accept"})
        assert run["interrupts"][0]["status"] == "unknown_outcome", run
        assert "NotConfigured: There is no user" in run["error"]["message"]
        finished = await decide(door, run, {"type": "respond", "value": "nothing found"})
        assert (finished["status"], finished["answer"]) == ("success", "success: nothing found")
        other = await door.call("start_run", agent="notes", message="call recall {}")
    assert other["status"] == "success"


LEAVING = ("leaves", "leaves_in_thread", "leaves_within", "leaves_at_once", "leaves_by_tools", "leaves_in_task")


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_an_agent_that_would_end_the_process_ends_its_own_run(offer: Offer, tmp_path: Path, version: str) -> None:
    config = offer(*(f"escaping:{agent}" for agent in (*LEAVING, "leaves_by_sensitive")))
    environ = {"INTERRUPT_MCP_CONFIG": str(config), "PYTHONPATH": CHECKOUT, "INTERRUPT_MCP_APPROVER": "client"}
    async with over_stdio(tmp_path, version, environ) as door:
        for agent in LEAVING:
            given = {"input": "now"} if agent == "leaves_in_task" else {"message": "go"}
            run = await door.call("start_run", agent=agent, **given)
            assert (run["status"], run["error"]["code"]) == ("error", "agent_error"), run
            assert "The agent's code called sys.exit(" in run["error"]["message"]
            assert "escaping.py" in run["error"]["message"]
        waiting = await door.call("start_run", agent="leaves_by_sensitive", message="go")
        run = await decide(door, waiting, {"type": "accept"})
        assert run["interrupts"][0]["status"] == "unknown_outcome", run
        assert "gone by bus" in run["error"]["message"]
        finished = await decide(door, run, {"type": "respond", "value": "stayed"})
        assert finished["answer"] == "success: stayed"
