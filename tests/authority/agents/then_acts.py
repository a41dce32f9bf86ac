"""A graph that asks, keeps the answer in its state and acts on what stands there; its context has a word of its own."""

from typing import TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.scripted import effect


class State(TypedDict, total=False):
    go: str


class Settings(TypedDict, total=False):
    tone: str


def ask(state: State) -> State:
    return {"go": interrupt("Shall I?")}


def act(state: State) -> State:
    effect(state.get("go"))
    return {}


made = StateGraph(State, Settings).add_node("ask", ask).add_node("act", act)
graph = made.add_edge(START, "ask").add_edge("ask", "act").compile()
