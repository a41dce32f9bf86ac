"""Agents whose nodes call tools by themselves, fail where what they look for is not there, and are tried again."""

import asyncio
import os
from dataclasses import dataclass
from operator import add
from typing import Annotated, Any, TypedDict

from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.types import RetryPolicy, interrupt

from interrupt_mcp import sensitive
from tests.scripted import effect, word_of

NUMBERS = (63, 97, 57)
"""As a set they come back from where they are kept in another order."""


class State(TypedDict, total=False):
    said: Annotated[list[str], add]


@tool
def look(what: str) -> str:
    """Look whether it is open."""
    effect(f"look {what}")
    return "open" if word_of("open") else "closed"


@tool
def send(to: str) -> str:
    """Send a mail."""
    effect(f"send {to}")
    return f"sent to {to}"


@tool
def numbers(to: str) -> set[int]:
    """Ring up, and give the numbers that were called, in an order of their own."""
    effect(f"ring {to}")
    return set(NUMBERS)


@tool
def pair(to: str) -> tuple[str, int]:
    """Ring up, and give two things."""
    effect(f"ring {to}")
    return to, 1


def looks(state: State) -> State:
    seen = look.invoke({"what": "door"})
    if seen == "closed":
        raise ConnectionError("not yet")
    return {"said": [seen]}


async def looks_later(state: State) -> State:
    # The other one has asked by then, as far as anybody can wait for it.
    while not os.path.exists(os.environ["EFFECTS"]):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    return looks(state)


def sends_and_asks(state: State) -> State:
    return {"said": [send.invoke({"to": "ann"}), str(interrupt("and now?"))]}


def rings_and_asks(state: State) -> State:
    called, (to, times) = numbers.invoke({"to": "ann"}), pair.invoke({"to": "bob"})
    return {"said": [f"{sorted(called)} {to} {times} {interrupt('and now?')}"]}


async def takes_long(state: State) -> State:
    while not word_of("open"):
        await asyncio.sleep(0.01)
    return {"said": []}


def beside(*nodes: Any, **more: Any) -> Any:
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(node.__name__, node, **more)
        builder.add_edge(START, node.__name__)
    return builder.compile()


waits = beside(looks)
retries = beside(looks, retry_policy=RetryPolicy(max_attempts=3, initial_interval=0.01, jitter=False))
looks_beside_a_question = beside(looks_later, sends_and_asks)
rings_before_a_question = beside(rings_and_asks)
takes_long_beside_a_question = beside(takes_long, sends_and_asks)


@sensitive
def charge(amount: int) -> Any:
    """Charge, and give a receipt of a type that cannot be made again from what is kept of it."""
    effect(f"charge {amount}")

    @dataclass
    class Receipt:
        number: int

    return Receipt(amount)


def charges_and_asks(state: State) -> State:
    number = charge(5).number
    return {"said": [f"{number} {interrupt('and now?')}"]}


charges_before_a_question = beside(charges_and_asks)
