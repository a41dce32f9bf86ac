"""Nodes that ask one question after the other, and end with all the answers."""

from collections.abc import Iterable
from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    said: list[str]


def asking(questions: Iterable[Any]) -> Any:
    """A graph of one node that asks these."""
    asked = list(questions)

    def ask(state: State) -> State:
        return {"said": [interrupt(question) for question in asked]}

    return StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()


two = asking(f"Question {number}?" for number in range(2))
three = asking({"question": f"Question {number}?"} for number in range(1, 4))
twelve = asking(f"Question {number}?" for number in range(12))
