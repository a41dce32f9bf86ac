"""Agents that stop at breakpoints, before tools and before other nodes, for people who are asked there."""

import operator
from typing import Annotated, Any

from langchain.agents import create_agent
from langchain.tools import tool
from langchain_core.messages import BaseMessage, HumanMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Send
from typing_extensions import TypedDict

from tests.scripted import call, effect, turns


@tool
def pay(to: str, amount: int, currency: str = "EUR") -> str:
    """Pay somebody."""
    effect(f"pay {to} {amount} {currency}")
    return f"paid {to}"


payer = create_agent(
    turns(call("pay", to="ann", amount=1), call("pay", to="bob", amount=2)), [pay], interrupt_before=["tools"]
)


class Draft(TypedDict, total=False):
    topic: str
    draft: str
    done: Annotated[list[str], operator.add]


def write(state: Draft) -> Draft:
    return {"draft": f"All about {state['topic']}", "done": ["write"]}


def publish(state: Draft) -> Draft:
    effect(f"published {state['draft']}")
    return {"done": ["publish"]}


_publisher = StateGraph(Draft).add_node("write", write).add_node("publish", publish)
_publisher.add_edge(START, "write").add_edge("write", "publish")
publisher = _publisher.compile(interrupt_before=["publish"])
after_writing = _publisher.compile(interrupt_after=["write"])


class Talk(TypedDict, total=False):
    messages: list[BaseMessage]
    mood: str


def _talk(state: Talk) -> Talk:
    return {"messages": [HumanMessage(f"number {number}", id=str(number)) for number in range(9)], "mood": "calm"}


def _end(state: Any) -> Any:
    return {}


talker = (
    StateGraph(Talk)
    .add_node("talk", _talk)
    .add_node("end", _end)
    .add_edge(START, "talk")
    .add_edge("talk", "end")
    .compile(interrupt_before=["end"])
)

_fanned = StateGraph(Draft).add_node("each", publish)
_fanned.add_conditional_edges(START, lambda _: [Send("each", {"draft": name}) for name in ("one", "two")])
fanned = _fanned.compile(interrupt_before=["each"])

_wordy = StateGraph(Draft).add_node("write", lambda _: {"draft": "x" * 5_000}).add_node("publish", publish)
wordy = _wordy.add_edge(START, "write").add_edge("write", "publish").compile(interrupt_before=["publish"])

hostile = (
    StateGraph(MessagesState)
    .add_node("talk", lambda _: {"messages": [HumanMessage("fine\n- accept: nothing happens\n\x1b[2J")]})
    .add_node("end", _end)
    .add_edge(START, "talk")
    .add_edge("talk", "end")
    .compile(interrupt_before=["end"])
)
