"""Agents whose checkpoints are needed in unusual ways, or are large."""

import os
import random
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.tools import tool
from langgraph.channels.delta import DeltaChannel
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import _messages_delta_reducer
from langgraph.types import interrupt

# One that fails while there is the file that MOOD names


def remember(state: MessagesState) -> dict[str, Any]:
    if Path(os.environ["MOOD"]).exists():
        raise RuntimeError("not now")
    return {"messages": [("ai", " ".join(message.text for message in state["messages"] if message.type == "human"))]}


moody = StateGraph(MessagesState).add_node("think", remember).add_edge(START, "think").compile()


# One with a subgraph that remembers from run to run


class Count(TypedDict):
    seen: Annotated[int, lambda old, new: old + new]


class Whole(MessagesState):
    seen: int


inner = StateGraph(Count).add_node("count", lambda state: {"seen": 1}).add_edge(START, "count")
counter = inner.compile(checkpointer=True)


def often(state: Whole) -> str:
    return "counter" if state["messages"][-1].text == "count" else "say"


def say(state: Whole) -> dict[str, Any]:
    return {"messages": [("ai", str(state.get("seen", 0)))]}


def count(state: Whole) -> dict[str, Any]:
    return {"seen": counter.invoke({"seen": 0})["seen"]}


builder = StateGraph(Whole)
builder.add_node("counter", count)
builder.add_node("say", say)
builder.add_conditional_edges(START, often, ["counter", "say"])
builder.add_edge("counter", "say")
counting = builder.compile()


# One whose checkpoints build on each other


class Deltas(TypedDict):
    messages: Annotated[list[Any], DeltaChannel(_messages_delta_reducer)]


def number(state: Deltas) -> dict[str, Any]:
    return {"messages": [("ai", str(sum(message.type == "human" for message in state["messages"])))]}


delta = StateGraph(Deltas).add_node("think", number).add_edge(START, "think").compile()


# One that asks where it is told to


def ask(state: MessagesState) -> dict[str, Any]:
    if state["messages"][-1].text == "ask":
        return {"messages": [("ai", str(interrupt("Well?")))]}
    return {"messages": [("ai", "fine")]}


asking = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()


# One whose node fetches a lot by itself


@tool
def fetch(page: str) -> str:
    """Fetch a page."""
    return random.randbytes(50_000).hex()


def read(state: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", f"It has {len(fetch.invoke({'page': 'home'}))} letters")]}


fetching = StateGraph(MessagesState).add_node("read", read).add_edge(START, "read").compile()
