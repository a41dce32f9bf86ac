"""An agent that tells which version there is, where it runs, of the package that it is asked about."""

import sys
from importlib.metadata import version

from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    package: str
    found: str
    prefix: str


def tell(state: State) -> State:
    return {"found": version(state["package"]), "prefix": sys.prefix}


builder = StateGraph(State)
builder.add_node("tell", tell)
builder.add_edge(START, "tell")
graph = builder.compile()
