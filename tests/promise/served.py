"""Agents in modules, as a `langgraph.json` with policy beside it, and what tests of them have in common."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Door

AGENTS = Path(__file__).with_name("agents")
ACCEPT = {"type": "accept"}


def written(folder: Path, module: str, *names: str, policy: str = "") -> Path:
    """A `langgraph.json` with these graphs of the module."""
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": {name: f"{AGENTS / module}.py:{name}" for name in names}}))
    config.with_name("interrupt-mcp.toml").write_text(policy)
    return config


def sensitive(agent: str, tool: str = "send*") -> str:
    """Policy that has a person asked about these tools of the agent."""
    return f'[agents.{agent}.tools."{tool}"]\nsensitive = true\n'


async def decide(door: Door, run: dict[str, Any], *decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The run after these decisions."""
    return await door.call("resume_run", run_id=run["run_id"], decisions=list(decisions), **more)
