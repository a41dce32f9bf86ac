"""Projects whose agents are graphs of modules: a `langgraph.json` that names them, and policy beside it."""

import json
import os
from collections.abc import Sequence
from pathlib import Path


def offering(
    folder: Path, agents: Path, *graphs: str, policy: str = "", dependencies: Sequence[Path] = (), **named: str
) -> Path:
    """Write a `langgraph.json` into the folder, and return its path.

    Each of the `graphs` is `module:graph`, of a module in the folder `agents`, and offered under the graph's name;
    `agent="module:graph"` offers it under the agent's. A module with a dot in its name is one that can be imported.
    `policy` is the text of `interrupt-mcp.toml`, which is not written where there is none.
    """
    places = {graph.partition(":")[2]: graph for graph in graphs} | named
    found = {name: _located(agents, place) for name, place in places.items()}
    roots = [os.path.relpath(root, folder.resolve()) for root in dependencies]
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": found, **({"dependencies": roots} if roots else {})}))
    if policy:
        config.with_name("interrupt-mcp.toml").write_text(policy)
    return config


def _located(agents: Path, place: str) -> str:
    module, _, graph = place.partition(":")
    return place if "." in module else f"{agents / module}.py:{graph}"
