"""An agent that tells of where it runs: its environment, variables of ours, and the version of a package."""

import os
import sys
from importlib.metadata import version

from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    package: str
    found: str
    prefix: str
    variables: list[str]


def tell(state: State) -> State:
    ours = [name for name in os.environ if name.startswith("INTERRUPT_MCP_")]
    return {"found": version(state["package"]), "prefix": sys.prefix, "variables": ours}


builder = StateGraph(State)
builder.add_node("tell", tell)
builder.add_edge(START, "tell")
graph = builder.compile()
