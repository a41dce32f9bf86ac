"""An agent that waits until it is told to go on: until there is the file that GO names.

Each time it begins to wait, it writes a line to the file beside that one, with the ending `.begun`.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from langgraph.graph import START, MessagesState, StateGraph


async def wait(state: MessagesState) -> dict[str, Any]:
    go = Path(os.environ["GO"])
    with go.with_suffix(".begun").open("a") as begun:
        begun.write("once\n")
    while not go.exists():
        await asyncio.sleep(0.01)
    return {"messages": [("ai", "done")]}


graph = StateGraph(MessagesState).add_node("wait", wait).add_edge(START, "wait").compile()
