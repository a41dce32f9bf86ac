"""Agents whose nodes call tools by themselves, fail where what they look for is not there, and are tried again."""

import asyncio
import os
from operator import add
from typing import Annotated, Any, TypedDict

from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.types import RetryPolicy, interrupt

from tests.scripted import effect


class State(TypedDict, total=False):
    said: Annotated[list[str], add]


def _is_there(name: str) -> bool:
    return os.path.exists(f"{os.environ['EFFECTS']}.{name}")


@tool
def look(what: str) -> str:
    """Look whether it is open."""
    effect(f"look {what}")
    return "open" if _is_there("open") else "closed"


@tool
def send(to: str) -> str:
    """Send a mail."""
    effect(f"send {to}")
    return f"sent to {to}"


def looks(state: State) -> State:
    seen = look.invoke({"what": "door"})
    if seen == "closed":
        raise ConnectionError("not yet")
    return {"said": [seen]}


def sends_and_asks(state: State) -> State:
    return {"said": [send.invoke({"to": "ann"}), str(interrupt("and now?"))]}


async def takes_long(state: State) -> State:
    while not _is_there("open"):
        await asyncio.sleep(0.01)
    return {"said": []}


def beside(*nodes: Any, **more: Any) -> Any:
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(node.__name__, node, **more)
        builder.add_edge(START, node.__name__)
    return builder.compile()


waits = beside(looks)
retries = beside(looks, retry_policy=RetryPolicy(max_attempts=3, initial_interval=0.01, jitter=False))
looks_beside_a_question = beside(looks, sends_and_asks)
takes_long_beside_a_question = beside(takes_long, sends_and_asks)
