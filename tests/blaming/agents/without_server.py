"""Agents that ask a LangGraph server, and there is none."""

import os
from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph_sdk import get_client, get_sync_client

from tests.scripted import call, turns

client = get_client()


async def asks(_: MessagesState) -> dict[str, Any]:
    await client.threads.create()
    return {}


async def streams(_: MessagesState) -> dict[str, Any]:
    async for _part in get_client().runs.stream(None, "agent", input={}):
        pass
    return {}


def asks_sync(_: MessagesState) -> dict[str, Any]:
    # Nothing listens at this port, as at the one where the client looks by itself.
    get_sync_client(url="http://localhost:1").threads.create()
    return {}


async def asks_another(_: MessagesState) -> dict[str, Any]:
    async with get_client(url=os.environ["ANOTHER_SERVER"]) as another:
        await another.threads.create()
    return {}


def calls_nothing(_: MessagesState) -> dict[str, Any]:
    nothing: Any = None
    nothing()
    return {}


@tool
async def schedule() -> str:
    """Schedule a run."""
    return str(await get_client().crons.create("agent", schedule="* * * * *", input={}))


def of_node(node: Any) -> Any:
    return StateGraph(MessagesState).add_node("asks", node).add_edge(START, "asks").compile()


in_node = of_node(asks)
in_stream = of_node(streams)
in_sync_node = of_node(asks_sync)
of_another = of_node(asks_another)
in_tool = create_agent(turns(call("schedule")), [schedule])
another = of_node(calls_nothing)
