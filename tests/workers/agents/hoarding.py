"""An agent that takes all the memory that its process may have and keeps it, the first time that it is asked to."""

import os
from pathlib import Path
from typing import Any

from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

hoard: list[bytearray] = []


class State(TypedDict, total=False):
    name: str


async def work(state: State) -> Any:
    begun = Path(os.environ["BEGUN"])
    if state["name"] == "hoard" and not begun.exists():
        begun.touch()
        for size in (1 << 20, 1 << 16, 1 << 13):
            try:
                while True:
                    hoard.append(bytearray(size))
            except MemoryError:
                pass
    return {}


builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
graph = builder.compile()
