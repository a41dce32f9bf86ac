"""Agents that ask, wait until they are told to go on, or make a file."""

import os
import time
from pathlib import Path
from typing import Any

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt


def ask(state: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", str(interrupt("go on?")))]}


def wait(state: MessagesState) -> dict[str, Any]:
    while not Path(os.environ["GO"]).exists():
        time.sleep(0.01)
    return {"messages": [("ai", "done")]}


asks = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()
waits = StateGraph(MessagesState).add_node("wait", wait).add_edge(START, "wait").compile()


def touch(state: MessagesState) -> dict[str, Any]:
    Path(os.environ["TOUCHED"]).touch()
    return {}


touches = StateGraph(MessagesState).add_node("touch", touch).add_edge(START, "touch").compile()
