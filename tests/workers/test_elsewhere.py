"""Agents that need what no environment of the server's can have: `mcp` 1, with a real MCP server behind their tools."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server, over_http
from tests.workers.environment import OLDER_MCP, worker_python

pytestmark = pytest.mark.anyio
AGENTS = Path(__file__).parent / "agents"
POLICY = """
[agents.refunds]
python = '{python}'

[agents.refunds.tools.refund]
sensitive = true

[agents.versions_there]
graph = "versions"
python = '{python}'
"""


@dataclass(frozen=True)
class Shop:
    """A running server, and what the MCP server behind its agent did."""

    server: HttpServer
    ledger: Path

    @property
    def paid(self) -> list[str]:
        return self.ledger.read_text("utf-8").splitlines() if self.ledger.exists() else []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("shop")
    graphs = {"refunds": f"{AGENTS}/refunding.py:graph", "versions": f"{AGENTS}/versions.py:graph"}
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    (home / "interrupt-mcp.toml").write_text(POLICY.format(python=worker_python(*OLDER_MCP)))
    variables = {"INTERRUPT_MCP_CONFIG": str(home / "langgraph.json"), "LEDGER": str(home / "ledger.txt")}
    variables["INTERRUPT_MCP_SECRET"] = "s" * 40
    with http_server(home, INTERRUPT_MCP_APPROVER="client", **variables) as server:
        yield Shop(server, home / "ledger.txt")


async def all_listed(door: Door) -> dict[str, Any]:
    """The agents by name, once each of them could be loaded: a busy machine may take longer than a call waits."""
    with anyio.fail_after(2 * PATIENCE):
        while True:
            listed = {agent["name"]: agent for agent in (await door.call("list_agents"))["agents"]}
            if not any("error" in agent for agent in listed.values()):
                return listed


async def asked(door: Door, words: str) -> dict[str, Any]:
    """A run that waits for its decision."""
    run = await door.call("start_run", agent="refunds", message=words)
    assert run["status"] == "interrupted", run
    return run


async def decided(door: Door, run: dict[str, Any], **decision: Any) -> dict[str, Any]:
    return await door.call("resume_run", run_id=run["run_id"], decisions=[decision])


async def test_agents_run_each_in_its_environment_without_the_servers_secret(shop: Shop) -> None:
    async with over_http(shop.server.url) as door:
        listed = await all_listed(door)
        assert set(listed["refunds"]["input_schema"]["properties"]) == {"message"}
        assert "package" in listed["versions"]["input_schema"]["properties"]
        names = ("versions", "versions_there")
        here, there = [await door.call("start_run", agent=each, input={"package": "mcp"}) for each in names]
    assert (here["output"]["found"], there["output"]["found"]) == (version("mcp"), "1.30.0")
    assert os.path.samefile(here["output"]["prefix"], sys.prefix)
    for run in (here, there):
        assert "INTERRUPT_MCP_SECRET" not in run["output"]["variables"]
        assert "INTERRUPT_MCP_CONFIG" in run["output"]["variables"]


async def test_a_call_of_an_mcp_tool_is_asked_about_as_it_is_and_made_once(shop: Shop) -> None:
    before = shop.paid
    async with over_http(shop.server.url) as door:
        run = await asked(door, "Refund 20 of order 1001")
        (interrupt,) = run["interrupts"]
        (request,) = interrupt["requests"]
        assert (request["action"], request["args"]) == ("refund", {"order": 1001, "amount": 20})
        assert set(request["args_schema"]["properties"]) == {"order", "amount", "reason"}
        assert shop.paid == before
        done = await decided(door, run, type="accept", digest=interrupt["digest"])
    assert done["status"] == "success", done
    assert done["answer"] == "With mcp 1.30.0: 20 of order 1001 paid back"
    assert shop.paid == [*before, "1001 20 none given"]


async def test_edited_arguments_are_those_that_the_mcp_server_gets(shop: Shop) -> None:
    before = shop.paid
    async with over_http(shop.server.url) as door:
        run = await asked(door, "Refund 30 of order 1002")
        wrong = {"type": "edit", "args": {"order": 1002, "amount": "much"}}
        assert (await door.error("resume_run", run_id=run["run_id"], decisions=[wrong])).startswith("invalid_decision")
        done = await decided(door, run, type="edit", args={"order": 1002, "amount": 5, "reason": "late"})
    assert done["status"] == "success", done
    assert shop.paid == [*before, "1002 5 late"]


async def test_what_is_rejected_never_reaches_the_mcp_server(shop: Shop) -> None:
    before = shop.paid
    async with over_http(shop.server.url) as door:
        run = await asked(door, "Refund 40 of order 1003")
        done = await decided(door, run, type="reject", message="Ask Ann first")
    assert done["status"] == "success", done
    assert "Ask Ann first" in done["answer"]
    assert shop.paid == before
