"""The graphs of LangGraph's own issues about interrupts."""

import asyncio
from operator import add
from typing import Annotated, Any

from asking_effects import effect
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from typing_extensions import TypedDict

from interrupt_mcp_agents.offline import OfflineModel


class State(TypedDict):
    log: Annotated[list[Any], add]


def graph(**nodes: Any) -> Any:
    builder = StateGraph(State)
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(START, name)
    return builder.compile()


def _two(_state: State) -> Any:
    first = interrupt("i1")
    second = interrupt("i2")
    return {"log": [f"got:{first!r}+{second!r}"]}


issue_8837 = graph(node=_two)
issue_8836 = graph(node=lambda _state: {"log": [interrupt("Which?")]})


def _told(name: str) -> Any:
    def node(_state: State) -> Any:
        effect("entered", name)
        return {"log": [[name, interrupt(name)]]}

    return node


issue_6208 = graph(left=_told("left"), right=_told("right"))
issue_8579 = graph(inner=graph(left=_told("left"), right=_told("right")))


def _twice(_state: State) -> Any:
    effect("entered", "twice")
    return {"log": [["twice", interrupt("first"), interrupt("second")]]}


issue_5952 = graph(once=_told("once"), twice=_twice, never=lambda _state: effect("entered", "never"))


def _age(_state: State) -> Any:
    prompt = "What is your age?"
    while True:
        answer = interrupt(prompt)
        if isinstance(answer, int) and answer > 0:
            return {"log": [answer]}
        prompt = f"'{answer}' is not a valid age. Please enter a positive number."


issue_7780 = graph(node=_age)


def _built(*tools: Any) -> Any:
    model = OfflineModel().bind_tools(list(tools))
    builder = StateGraph(MessagesState)
    builder.add_node("chat", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", ToolNode(list(tools)))
    builder.add_edge(START, "chat")
    builder.add_conditional_edges("chat", tools_condition)
    builder.add_edge("tools", "chat")
    return builder.compile()


def _expecting(name: str, turns: int) -> Any:
    async def expecting() -> str:
        """Expects exactly its own word as the answer."""
        for _ in range(turns):
            await asyncio.sleep(0)
        answer = interrupt({"question": name})
        effect("ran", [name, answer])
        if answer != name:
            raise ValueError(f"Expected {name}, got {answer}")
        return f"{name} got {answer}"

    expecting.__name__ = name
    return tool(expecting)


issue_6533 = _built(_expecting("tool_a", 9), _expecting("tool_b", 0), _expecting("tool_c", 4))


@tool
def create_circle(shape_id: str, color: str) -> str:
    """Creates a circle."""
    response = interrupt({"tool": "create_circle", "shapeId": shape_id, "color": color})
    effect("created", [shape_id, color, response])
    return f"Created circle {shape_id} with color {color}"


@tool
def create_square(shape_id: str, color: str) -> str:
    """Creates a square."""
    response = interrupt({"tool": "create_square", "shapeId": shape_id, "color": color})
    effect("created", [shape_id, color, response])
    return f"Created square {shape_id} with color {color}"


issue_6624 = _built(create_circle, create_square)


def _ask(_state: State) -> Any:
    return {"log": [interrupt("Which way?")]}


def _route(state: State) -> str:
    if state["log"][-1] == "nowhere":
        raise KeyError("nowhere")
    return "end"


_routed = StateGraph(State)
_routed.add_node("ask", _ask)
_routed.add_node("end", lambda _state: {"log": ["end"]})
_routed.add_edge(START, "ask")
_routed.add_conditional_edges("ask", _route, ["end"])
issue_8834 = _routed.compile()
