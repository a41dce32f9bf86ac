"""Graphs that ask whatever their input says, and keep what they are answered."""

from typing import Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

MARKUP = "<img src=x onerror=alert(1)>"


class State(TypedDict, total=False):
    ask: Any
    answer: Any


def ask(state: State) -> State:
    return {"answer": interrupt(state["ask"])}


asking = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()
markup = StateGraph(State).add_node(MARKUP, ask).add_edge(START, MARKUP).compile()
