"""Agents that end their process, in ways that leave it no moment, and others that are beside them."""

import asyncio
import ctypes
import os
import time
from typing import Any, TypedDict

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.scripted import call, die_at, effect, turns, word_of


class State(TypedDict, total=False):
    said: str


def leave_word() -> None:
    """Leave word that this process ends now."""
    with open(os.environ["KILLED"], "w") as word:
        word.write(str(os.getpid()))


def end_the_process() -> None:
    leave_word()
    os._exit(1)


if word_of("that loading kills"):
    end_the_process()


def chain(*nodes: Any) -> Any:
    builder = StateGraph(State)
    builder.add_sequence([(f"{node.__name__}_{number}", node) for number, node in enumerate(nodes)])
    builder.add_edge(START, f"{nodes[0].__name__}_0")
    return builder.compile()


def exits(state: State) -> State:
    if word_of("that all is well"):
        return {"said": "well"}
    effect("exit")
    end_the_process()
    return state


def faults(state: State) -> State:
    if word_of("that all is well"):
        return {"said": "well"}
    effect("fault")
    leave_word()
    ctypes.string_at(0)
    return state


async def takes_a_moment(state: State) -> State:
    await asyncio.sleep(0.1)
    return {"said": "done"}


def step(number: int) -> Any:
    async def goes_on(state: State) -> State:
        # By then what came before it is on disk.
        await asyncio.sleep(0.1)
        die_at(f"step {number}")
        return {"said": str(number)}

    return goes_on


async def sleeps(state: State) -> State:
    while not word_of("to end"):
        await asyncio.sleep(0.01)
    return {"said": "sleeping"}


def blocks(state: State) -> State:
    while not word_of("to end"):
        time.sleep(0.01)
    return {"said": "blocking"}


async def stays(state: State) -> State:
    while not word_of("to end"):
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            continue
    return {"said": "staying"}


@tool
def pay(amount: int) -> str:
    """Pay."""
    if interrupt(f"pay {amount}?")["type"] != "accept":
        return "not paid"
    effect(f"pay {amount}")
    end_the_process()
    return f"paid {amount}"


exiting, faulting = chain(exits), chain(faults)
momentary = chain(takes_a_moment, takes_a_moment)
stepping = chain(*(step(number) for number in range(1, 9)))
sleeping, blocking, staying = chain(sleeps), chain(blocks), chain(stays)
paying = create_agent(turns(call("pay", amount=5)), [pay])
