"""Real graphs of LangGraph in the shapes that people build."""

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph

from tests.scripted import Scripted


class State(TypedDict, total=False):
    text: str


def nothing(state: State) -> State:
    return {}


@tool
def look(name: str) -> str:
    """Look something up."""
    return name


react = create_agent(Scripted(turns=[]), [look])

routed = (
    StateGraph(State)
    .add_node("ask", nothing)
    .add_node("act", nothing)
    .add_edge(START, "ask")
    .add_conditional_edges("ask", lambda state: "yes", {"yes": "act", "again": "ask", "no": END})
    .add_edge("act", END)
    .compile()
)

_inner = StateGraph(State).add_node("deep", nothing).add_edge(START, "deep").compile()
parallel = (
    StateGraph(State)
    .add_node("plan", nothing)
    .add_node("left", _inner)
    .add_node("right", nothing)
    .add_node("join", nothing)
    .add_edge(START, "plan")
    .add_edge("plan", "left")
    .add_edge("plan", "right")
    .add_edge(["left", "right"], "join")
    .add_edge("join", END)
    .compile()
)


@dataclass
class Choosy:
    """Cannot be made from nothing, as LangGraph makes a state to find a graph's edges."""

    text: str


_WHOLE: Any = Annotated[Choosy, lambda _old, new: new]
unseen = StateGraph(_WHOLE).add_node("only", lambda state: state).add_edge(START, "only").compile()


def crowd(count: int) -> Any:
    """So many nodes, one after the other."""
    graph = StateGraph(State)
    for at in range(count):
        graph.add_node(f"n{at}", nothing)
        graph.add_edge(f"n{at - 1}" if at else START, f"n{at}")
    return graph.compile()
