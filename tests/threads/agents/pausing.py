"""Small graphs: one inside another, one that takes long, one that is choosy, one whose state is kept in pieces."""

import asyncio
from typing import Annotated, Any, TypedDict

from langgraph.channels import DeltaChannel
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from tests.scripted import word_of


class State(TypedDict, total=False):
    text: str


def nothing(state: State) -> State:
    return {}


def ask(state: State) -> State:
    return {"text": interrupt({"text": state["text"]})}


_inner = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()
nested = StateGraph(State).add_node("inner", _inner).add_edge(START, "inner").compile()


async def wait(state: State) -> State:
    while not word_of("go"):
        await asyncio.sleep(0.01)
    return {"text": "done"}


slow = (
    StateGraph(State)
    .add_node("first", nothing)
    .add_node("wait", wait)
    .add_edge(START, "first")
    .add_edge("first", "wait")
    .compile()
)


def choose(state: State) -> str:
    if state["text"] == "bad":
        raise ValueError("this text is bad")
    return "ask"


choosy = (
    StateGraph(State)
    .add_node("first", nothing)
    .add_node("ask", ask)
    .add_edge(START, "first")
    .add_conditional_edges("first", choose, ["ask", END])
    .compile()
)


def append(state: list[str], writes: list[list[str]]) -> list[str]:
    return [*state, *(item for write in writes for item in write)]


class Words(TypedDict, total=False):
    words: Annotated[list[str], DeltaChannel(append)]


def ask_for_a_word(state: Words) -> dict[str, Any]:
    return {"words": [interrupt({"words": state["words"]})]}


delta = (
    StateGraph(Words)
    .add_node("first", lambda state: {"words": ["first"]})
    .add_node("ask", ask_for_a_word)
    .add_node("last", lambda state: {"words": ["last"]})
    .add_edge(START, "first")
    .add_edge("first", "ask")
    .add_edge("ask", "last")
    .compile()
)
