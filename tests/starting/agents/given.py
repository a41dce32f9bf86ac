"""Agents that answer with what they were given, and graphs whose input is of an unusual kind."""

import operator
from dataclasses import dataclass, field
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage
from langchain_core.tools import tool
from langgraph.func import entrypoint
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from tests.scripted import effect


@entrypoint()
def shout(text: str) -> str:
    """Says it louder."""
    return f"{text}!"


@entrypoint()
def total(numbers: list[int]) -> int:
    """Adds them up, once somebody agrees."""
    return sum(numbers) if interrupt("Add them up?") == "yes" else 0


@entrypoint()
def kind(given: Any) -> str:
    """Says of what kind it is."""
    return f"{type(given).__name__} {given}"


def _heard(state: MessagesState) -> Any:
    said = [f"{message.type}: {message.content}" for message in state["messages"]]
    return {"messages": [("ai", " | ".join(said))]}


hears = StateGraph(MessagesState).add_node("hear", _heard).add_edge(START, "hear").compile()


class Loose(TypedDict):
    number: int
    words: Annotated[list[str], operator.add]


def _count(state: Loose) -> Any:
    return {"words": [f"{type(state['number']).__name__} {len(state['words'])}"]}


loose = StateGraph(Loose).add_node("count", _count).add_edge(START, "count").compile()


class Reduced(BaseModel):
    messages: Annotated[list[AnyMessage], add_messages]
    """Required, but for its reducer, which begins with an empty list."""
    words: Annotated[list[str], operator.add]
    limit: int = Field(default=3, le=10)


def _reduce(state: Reduced) -> Any:
    return {"words": [f"limit {state.limit}", f"{len(state.messages)} messages"]}


reduced = StateGraph(Reduced).add_node("reduce", _reduce).add_edge(START, "reduce").compile()


@dataclass
class Data:
    name: str = "nobody"
    tags: list[str] = field(default_factory=list)
    said: str = ""


def _greet(state: Data) -> Any:
    return {"said": f"Hello {state.name} {state.tags}"}


data = StateGraph(Data).add_node("greet", _greet).add_edge(START, "greet").compile()


@tool
def send(to: str) -> str:
    """Send a mail."""
    effect(f"send {to}")
    return "sent"


def _think(state: MessagesState) -> Any:
    last: BaseMessage = state["messages"][-1]
    if last.type == "human":
        call = {"name": "send", "args": {"to": "ann"}, "id": "call", "type": "tool_call"}
        return {"messages": [AIMessage("", tool_calls=[call])]}
    return {"messages": [AIMessage(last.text)]}


_sender: Any = StateGraph(MessagesState).add_node("think", _think).add_node("tools", ToolNode([send]))
sender = (
    _sender.add_edge(START, "think")
    .add_conditional_edges("think", tools_condition)
    .add_edge("tools", "think")
    .compile()
)


class Steps(TypedDict):
    done: Annotated[list[str], operator.add]


steps = (
    StateGraph(Steps)
    .add_sequence([(name, lambda _, name=name: {"done": [name]}) for name in ("one", "two", "three", "four")])
    .add_edge(START, "one")
    .compile()
)
