"""Agents that do not end: one waits, and one lets nothing else happen in its process."""

import asyncio
import time
from pathlib import Path
from typing import Any

from langgraph.graph import START, MessagesState, StateGraph


async def wait(state: MessagesState) -> dict[str, Any]:
    Path("begun").touch()
    await asyncio.sleep(3600)
    return {}


async def block(state: MessagesState) -> dict[str, Any]:
    Path("begun").touch()
    time.sleep(3600)  # noqa: ASYNC251
    return {}


waits = StateGraph(MessagesState).add_node("wait", wait).add_edge(START, "wait").compile()
blocks = StateGraph(MessagesState).add_node("block", block).add_edge(START, "block").compile()
