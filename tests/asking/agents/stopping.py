"""Graphs whose nodes stop them by `NodeInterrupt`, as LangGraph's older documentation has it."""

import operator
import warnings
from typing import Annotated, Any

from langgraph.errors import NodeInterrupt
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict):
    text: str
    seen: Annotated[list[str], operator.add]


def _refuse_long(name: str) -> Any:
    def node(state: State) -> Any:
        if len(state["text"]) > 5:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                raise NodeInterrupt({"too_long": state["text"]})
        return {"seen": [f"{name} {state['text']}"]}

    return node


_one = StateGraph(State).add_node("before", lambda _: {"seen": ["before"]}).add_node("check", _refuse_long("check"))
checks: Any = _one.add_edge(START, "before").add_edge("before", "check").compile()
_two = StateGraph(State).add_node("left", _refuse_long("left")).add_node("right", _refuse_long("right"))
checks_twice: Any = _two.add_edge(START, "left").add_edge(START, "right").compile()
