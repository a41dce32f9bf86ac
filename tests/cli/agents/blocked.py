"""Agents whose node never ends and cannot be ended: in a thread of its own, or in the server's event loop."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from langgraph.graph import START, StateGraph


def in_a_thread(state: dict) -> dict:  # type: ignore[type-arg]
    Path("begun").touch()
    threading.Event().wait()
    return {}


async def in_the_loop(state: dict) -> dict:  # type: ignore[type-arg]
    return never_ending()


def never_ending() -> NoReturn:
    """Sleep in a way that no signal, no cancellation and no other task gets a word in."""
    Path("begun").touch()
    while True:
        time.sleep(60)


def graph_of(node: Callable[..., Any]) -> Any:
    return StateGraph(dict).add_node("node", node).add_edge(START, "node").compile()


in_thread, in_loop = graph_of(in_a_thread), graph_of(in_the_loop)
