"""The agents of this room as a project that a server serves, and runs of theirs that wait."""

import json
from pathlib import Path
from typing import Any

from langgraph.pregel import Pregel

from tests.authority.agents import asking
from tests.conftest import Door
from tests.people.policies import say
from tests.processes import CHECKOUT
from tests.threads.past import checkpoints

HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}
ACCEPT = [{"type": "accept"}]
SAY = {"values": {"messages": [{"type": "human", "content": "go"}]}}
"""What a client would have stand on a thread that it goes back on."""
POLICY = """
[agents.by_policy.tools.plain]
sensitive = true
[agents.policy_inside.tools.plain]
sensitive = true
"""
GRAPHS = {name: each for name, each in vars(asking).items() if isinstance(each, Pregel)}
NODES = frozenset(name for name, each in GRAPHS.items() if "ask" in each.nodes)
"""Agents that are one plain node, and take no message."""


def written(folder: Path, policy: str = POLICY) -> Path:
    """Write a `langgraph.json` with all of them, and what policy says."""
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": {name: f"tests.authority.agents.asking:{name}" for name in GRAPHS}}))
    return say(config, policy)


def environ(home: Path, config: Path) -> dict[str, str]:
    """Return the variables of a server process whose agents leave what they do in that folder."""
    return {"PYTHONPATH": CHECKOUT, "EFFECTS": str(home / "effects"), "INTERRUPT_MCP_CONFIG": str(config)}


def given(agent: str) -> dict[str, Any]:
    """Return what the agent is started with."""
    return {"input": {"answer": None}} if agent in NODES else {"message": "go"}


async def start(door: Door, agent: str, **more: Any) -> dict[str, Any]:
    """Start a run of the agent, which then waits for a decision."""
    run = await door.call("start_run", agent=agent, **given(agent), **more)
    assert run["status"] == "interrupted", run
    return run


async def refused(door: Door, run: dict[str, Any], *decisions: dict[str, Any]) -> str:
    """Return what is said where the decisions, or an accept, are not taken."""
    return await door.error("resume_run", run_id=run["run_id"], decisions=list(decisions or ACCEPT))


async def place_of(door: Door, run: dict[str, Any]) -> dict[str, Any]:
    """Return the last checkpoint of the run's thread, as arguments."""
    (end, *_) = await checkpoints(door, run["thread_id"])
    return {"thread_id": run["thread_id"], "checkpoint_id": end["checkpoint_id"]}
