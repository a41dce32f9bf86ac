"""Offers: what `interrupt-mcp.toml` says of an agent besides policy: a graph under a name of its own, with a context.

It knows the names as they are written. It does not know which graphs there are, nor what they take.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from interrupt_mcp.config.declared import declared, read_table
from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import json_table, python_file, text


@dataclass(frozen=True, slots=True)
class Offer:
    """What one table says of an agent; where it says nothing, what `langgraph.json` says holds."""

    graph: Annotated[str, text] = ""
    """The name in `langgraph.json` of the graph that is offered; empty where it is the agent's own name."""
    description: Annotated[str, text] = ""
    context: Annotated[Mapping[str, Any] | None, json_table] = None
    """What each run of the agent has in its context, whoever starts it."""
    example: Annotated[Mapping[str, Any] | None, json_table] = None
    """Arguments for `start_run`."""
    python: Annotated[Path | None, python_file] = None
    """The Python whose environment this agent needs; where it says nothing, that of all agents."""


KEYS = tuple(declared(Offer))
"""What a table may say besides policy."""


def read_offers(file: Mapping[str, Given]) -> dict[str, Offer]:
    """Return what the file says of agents, by name, as far as it says something.

    Raises:
        ConfigError: a value is not of its kind.
    """
    tables = file["agents"].entries() if "agents" in file else {}
    found = {name: (table, table.entries().keys()) for name, table in tables.items()}
    return {name: read_table(Offer, table, keys) for name, (table, keys) in found.items() if keys & set(KEYS)}
