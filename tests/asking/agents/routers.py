"""Graphs whose routers ask where to go: the first one, one behind a node, and one of a graph within."""

from operator import add
from typing import Annotated, Any, Literal

from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict

from interrupt_mcp import sensitive
from tests.scripted import effect


class Way(TypedDict, total=False):
    topic: str
    gone: Annotated[list[str], add]


def left_or_right(state: Way) -> Literal["left", "right"]:
    answer = interrupt({"topic": state["topic"], "go": "left or right?"})
    return "left" if answer == "left" else "right"


def asked_twice(state: Way) -> Literal["left", "right"]:
    """Ask until the answer is one of both."""
    while (answer := interrupt({"go": "left or right?"})) not in ("left", "right"):
        pass
    return "left" if answer == "left" else "right"


@tool
@sensitive
def look(topic: str) -> str:
    """Look where to go."""
    effect(f"looked for {topic}")
    return "left"


def looked_up(state: Way) -> str:
    return str(look.invoke({"topic": state["topic"]}))


def went(where: str) -> Any:
    return lambda state: {"gone": [where]}


def fork() -> Any:
    return StateGraph(Way).add_node("left", went("left")).add_node("right", went("right"))


first = fork().add_conditional_edges(START, left_or_right).compile()
looking = fork().add_conditional_edges(START, looked_up, ["left", "right"]).compile()
stubborn = fork().add_conditional_edges(START, asked_twice).compile()
later = (
    fork()
    .add_node("begin", went("begin"))
    .add_edge(START, "begin")
    .add_conditional_edges("begin", left_or_right)
    .compile()
)
within = StateGraph(Way).add_node("inner", first).add_edge(START, "inner").compile()
