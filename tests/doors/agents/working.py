"""An agent that asks if it is told to, writes down that it began, and ends once the file that GO names is there."""

import os
from typing import TypedDict

import anyio
from langgraph.graph import StateGraph
from langgraph.types import interrupt


class State(TypedDict, total=False):
    name: str
    ask: bool


def write_down(name: str) -> None:
    with open(os.environ["BEGAN"], "a") as began:
        began.write(f"{name}\n")


async def work(state: State) -> None:
    if state.get("ask"):
        interrupt("go?")
    write_down(state["name"])
    while not os.path.exists(os.environ["GO"]):
        await anyio.sleep(0.01)


graph = StateGraph(State).add_node(work).set_entry_point("work").compile()
