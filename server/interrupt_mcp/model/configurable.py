"""A run's `configurable`: what LangGraph hands to nodes, tools and factories as `config["configurable"]`.

As on LangGraph's own server, it shows the run's context, besides which graph, agent, run and thread it is.
"""

from collections.abc import Mapping
from typing import Any

_RESERVED = ("checkpoint_", "langgraph_auth_", "langgraph_request_", "__")
"""How names begin that LangGraph, or who signs people in, gives a meaning to.

Others that begin with `langgraph_` are an agent's own: langmem knows a user by `langgraph_user_id`.
"""


def configurable_of(
    context: Mapping[str, Any] | None, graph: str, agent: str, run_id: str, thread_id: str
) -> dict[str, Any]:
    """Return what the run's code is to find there. Of the context, reserved names are left out: nobody sets those."""
    shown = {name: value for name, value in (context or {}).items() if not name.startswith(_RESERVED)}
    return {**shown, "graph_id": graph, "assistant_id": agent, "run_id": run_id, "thread_id": thread_id}
