"""A run outlives whoever started it, waited for it or drove it: killed servers, impatient and vanished clients."""

import json
import re
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import MCPError

from tests.cli.conftest import kill
from tests.conftest import Door, Offer
from tests.patience import PATIENCE, until
from tests.processes import CHECKOUT, over_stdio

pytestmark = pytest.mark.anyio


@pytest.fixture
def slow(offer: Offer, tmp_path: Path) -> dict[str, str]:
    """Variables of a server whose agent `slow` waits for the file `go`."""
    config = offer(slow="tests.waiting:graph")
    return {"INTERRUPT_MCP_CONFIG": str(config), "GO": str(tmp_path / "go"), "PYTHONPATH": CHECKOUT}


def process_of(home: Path) -> int:
    """The server that was started last."""
    return int(re.findall(r"process (\d+) serves", (home / "stderr.txt").read_text())[-1])


async def killed(home: Path, version: str, tool: str, variables: dict[str, str], **arguments: Any) -> dict[str, Any]:
    """What the tool gave, before its server was killed."""
    environ = {"INTERRUPT_MCP_LOG": "info", **variables}
    async with over_stdio(home, version, environ) as door:
        result = await door.call(tool, **arguments)
        while "wait_seconds" not in arguments and result["status"] in ("pending", "running"):
            result = await door.call("get_run", run_id=result["run_id"], wait_seconds=25)
        kill(process_of(home))
    return result


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_a_server_killed_while_a_person_thinks_loses_nothing(tmp_path: Path, version: str) -> None:
    ledger = tmp_path / "ledger.txt"
    environ = {"INTERRUPT_MCP_HOTEL_LEDGER": str(ledger)}
    run = await killed(tmp_path, version, "start_run", environ, agent="hotel", message="Book the Ritz")
    async with over_stdio(tmp_path, version, environ) as door:
        (waiting,) = (await door.call("list_interrupts"))["interrupts"]
        assert waiting == run["interrupts"][0]
        decision = {"type": "edit", "args": {"hotel_name": "Hilton"}, "digest": waiting["digest"]}
        finished = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
    assert finished["status"] == "success"
    assert ledger.read_text().split() == ["Hilton"]


async def test_a_start_that_was_acknowledged_goes_on_in_the_next_process_though_nobody_asks_for_it(
    tmp_path: Path,
) -> None:
    start = {"agent": "hotel", "message": "Book the Ritz", "wait_seconds": 0}
    run = await killed(tmp_path, "2026-07-28", "start_run", {}, **start)
    assert run["status"] in ("pending", "running")
    async with over_stdio(tmp_path) as door:
        # Neither of the two lists drives anything.
        with anyio.fail_after(PATIENCE):
            while not (found := (await door.call("list_interrupts"))["interrupts"]):
                await anyio.sleep(0.05)
        assert found[0]["run_id"] == run["run_id"]
        assert [one["run_id"] for one in (await door.call("list_runs"))["runs"]] == [run["run_id"]]


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_a_client_that_cancels_its_call_or_gives_up_waiting_changes_nothing_for_the_run(
    tmp_path: Path, slow: dict[str, str], version: str
) -> None:
    begun, go = tmp_path / "go.begun", tmp_path / "go"
    async with over_stdio(tmp_path, version, slow) as door:
        async with anyio.create_task_group() as calls:
            calls.start_soon(door.client.call_tool, "start_run", {"agent": "slow", "message": "hello"})
            await until(begun.exists)
            calls.cancel_scope.cancel()
        (run,) = (await door.call("list_runs"))["runs"]
        assert run["status"] == "running"
        with pytest.raises(MCPError):
            await door.client.call_tool(
                "get_run", {"run_id": run["run_id"], "wait_seconds": 20}, read_timeout_seconds=0.1
            )
        go.touch()
        finished = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert finished["status"] == "success"
    assert finished["answer"] == "done"
    assert begun.read_text().split() == ["once"]


async def test_a_run_whose_client_went_away_is_finished_by_the_next_server(
    tmp_path: Path, slow: dict[str, str]
) -> None:
    async with over_stdio(tmp_path, environ=slow) as door:
        run = await door.call("start_run", agent="slow", message="hello", wait_seconds=0)
        await until((tmp_path / "go.begun").exists)
    (tmp_path / "go").touch()
    async with over_stdio(tmp_path, environ=slow) as door:
        finished = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert (finished["status"], finished["answer"]) == ("success", "done")


async def test_two_servers_of_one_project_share_what_waits(tmp_path: Path) -> None:
    async with over_stdio(tmp_path) as one, over_stdio(tmp_path, "2025-11-25") as other:
        run = await one.call("start_run", agent="revise_text", input={"some_text": "draft"})
        decision = {"type": "respond", "value": "final"}
        finished = await other.call("resume_run", run_id=run["run_id"], decisions=[decision])
        assert finished["output"] == {"some_text": "final"}
        assert (await status(one, run["run_id"])) == "success"
        assert json.loads((await one.text("list_interrupts")).strip())["interrupts"] == []


async def status(door: Door, run_id: str) -> str:
    return str((await door.call("get_run", run_id=run_id))["status"])
