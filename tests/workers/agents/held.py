"""An agent that begins, waits for the file that GO names, and asks with the version of `mcp` that it has."""

import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    name: str
    answer: str


def ask(_state: State) -> Any:
    Path(os.environ["BEGUN"]).touch()
    while not Path(os.environ["GO"]).exists():
        time.sleep(0.01)
    print("asking")  # it must reach nobody who reads a protocol
    return {"answer": str(interrupt(f"With mcp {version('mcp')}?"))}


builder = StateGraph(State)
builder.add_node("ask", ask)
builder.add_edge(START, "ask")
graph = builder.compile()
