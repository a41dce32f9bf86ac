"""Agents in modules, as a `langgraph.json` with policy beside it."""

import json
from pathlib import Path

AGENTS = Path(__file__).with_name("agents")


def written(folder: Path, module: str, *names: str, policy: str = "") -> Path:
    """A `langgraph.json` with these graphs of the module."""
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": {name: f"{AGENTS / module}.py:{name}" for name in names}}))
    config.with_name("interrupt-mcp.toml").write_text(policy)
    return config
