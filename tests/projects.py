"""Projects whose agents are graphs of a module: a `langgraph.json` that names them, and policy beside it."""

import json
from collections.abc import Sequence
from pathlib import Path


def offering(
    folder: Path, module: Path, *names: str, policy: str = "", dependencies: Sequence[str] = (), **others: str
) -> Path:
    """Write a `langgraph.json` that offers graphs of the module, and return its path.

    Each of the `names` is offered under its own name; `agent="graph"` offers that graph under the agent's name.
    `policy` is the text of `interrupt-mcp.toml`, which is not written where there is none.
    """
    graphs = {agent: f"{module}:{graph}" for agent, graph in [*zip(names, names, strict=True), *others.items()]}
    more = {"dependencies": [*dependencies]} if dependencies else {}
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": graphs, **more}))
    if policy:
        config.with_name("interrupt-mcp.toml").write_text(policy)
    return config
