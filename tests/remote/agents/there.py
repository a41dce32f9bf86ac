"""Agents of an Agent Server. What they do, they write into a file beside this one, where it was copied to."""

import asyncio
from operator import add
from pathlib import Path
from typing import Annotated, Any

from langchain_core.messages import AIMessage
from langgraph.config import get_stream_writer
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.runtime import get_runtime
from langgraph.types import interrupt
from typing_extensions import TypedDict

DONE = Path(__file__).with_name("done.txt")


def did(what: str) -> None:
    with DONE.open("a", encoding="utf-8") as file:
        file.write(f"{what}\n")


class Order(TypedDict, total=False):
    order: str
    seconds: float
    fails: bool
    refunded: Any


def refunding(state: Order) -> Order:
    if "order" not in state:
        raise ValueError("there is no order in it")
    yes = interrupt(f"Refund order {state['order']}?", response_schema={"type": "boolean"})
    if yes:
        did(f"refunded {state['order']}")
    return {"refunded": yes}


async def slowly(state: Order) -> Order:
    did("began")
    await asyncio.sleep(state.get("seconds", 0))
    did("slept")
    return {}


async def refunding_slowly(state: Order) -> Order:
    yes = interrupt("Refund?", response_schema={"type": "boolean"})
    did("heard")
    await asyncio.sleep(state.get("seconds", 0))
    if state.get("fails"):
        raise ValueError("the bank said no")
    did("refunded")
    return {"refunded": yes}


class Texts(TypedDict, total=False):
    texts: Annotated[list[str], add]


def first(_state: Texts) -> Texts:
    return {"texts": [interrupt({"text_to_revise": "one"})]}


def second(_state: Texts) -> Texts:
    return {"texts": [interrupt({"text_to_revise": "two"})]}


def booking(_state: Order) -> Order:
    answer = interrupt({"action": "book", "args": {"hotel": "Ritz", "nights": 2}, "description": "Book the Ritz?"})
    return {"refunded": answer}


def talking(state: MessagesState) -> dict[str, Any]:
    get_stream_writer()({"talks": True})
    who = (get_runtime().context or {}).get("who", "nobody")
    said = [message.text for message in state["messages"] if message.type == "human"]
    return {"messages": [AIMessage(f"{who} heard {' and '.join(said)}")]}


def one(_state: Order) -> Order:
    return {"order": "one"}


def two(_state: Order) -> Order:
    did("two")
    return {"refunded": True}


shop = StateGraph(Order).add_node("ask", refunding).add_edge(START, "ask").compile()
slow = (
    StateGraph(Order)
    .add_node("begin", slowly)
    .add_node("ask", refunding_slowly)
    .add_edge(START, "begin")
    .add_edge("begin", "ask")
    .compile()
)
texts = (
    StateGraph(Texts)
    .add_node("first", first)
    .add_node("second", second)
    .add_edge(START, "first")
    .add_edge(START, "second")
    .compile()
)
hotel = StateGraph(Order).add_node("ask", booking).add_edge(START, "ask").compile()
talk = StateGraph(MessagesState, context_schema=dict).add_node("talk", talking).add_edge(START, "talk").compile()
stops = (
    StateGraph(Order)
    .add_node("one", one)
    .add_node("two", two)
    .add_edge(START, "one")
    .add_edge("one", "two")
    .compile(interrupt_before=["two"])
)
