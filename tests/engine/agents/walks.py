"""Agents of several steps, each of which leaves a line with the walk's name and the process that did it."""

import asyncio
import os
import time
from typing import TypedDict

from langgraph.graph import START, StateGraph

from tests.scripted import effect, word_of


class Walk(TypedDict):
    name: str
    steps: int


async def first(state: Walk) -> dict[str, int]:
    effect(f"first {state['name']} {os.getpid()}")
    return {"steps": state["steps"] + 1}


async def holds(state: Walk) -> dict[str, int]:
    """Get on once word was left for this walk."""
    effect(f"holds {state['name']} {os.getpid()}")
    while not word_of(state["name"]):
        await asyncio.sleep(0.01)
    return {"steps": state["steps"] + 1}


async def blocks(state: Walk) -> dict[str, int]:
    """Block the event loop until word was left."""
    effect(f"blocks {state['name']} {os.getpid()}")
    while not word_of(state["name"]):
        time.sleep(0.01)  # noqa: ASYNC251
    return {"steps": state["steps"] + 1}


async def last(state: Walk) -> dict[str, int]:
    effect(f"last {state['name']} {os.getpid()}")
    return {"steps": state["steps"] + 1}


def _graph(*nodes: object) -> object:
    builder = StateGraph(Walk)
    names = [getattr(node, "__name__", "") for node in nodes]
    for name, node in zip(names, nodes, strict=True):
        builder.add_node(name, node)  # type: ignore[call-overload]
    for before, after in zip([START, *names], names, strict=False):
        builder.add_edge(before, after)
    return builder.compile()


held = _graph(first, holds, last)
blocking = _graph(first, blocks, last)
quick = _graph(last)
