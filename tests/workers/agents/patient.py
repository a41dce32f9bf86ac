"""An agent that says which process drives it; of the name `held` it waits for the file that GO names."""

import asyncio
import os
from pathlib import Path
from typing import Any

from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    name: str
    by: int


async def work(state: State) -> Any:
    if state["name"] == "held":
        Path(os.environ["BEGUN"]).write_text(f"{os.getpid()}\n")
        while not Path(os.environ["GO"]).exists():
            await asyncio.sleep(0.01)
    return {"by": os.getpid()}


builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
graph = builder.compile()
