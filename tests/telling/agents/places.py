"""Agents that tell something from each place that LangGraph lets code tell from, in each way it has for it."""

from typing import Any

from langchain.agents import create_agent
from langchain.tools import ToolRuntime
from langchain_core.tools import tool
from langgraph.config import get_stream_writer
from langgraph.func import entrypoint, task
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import StreamWriter

from tests.scripted import call, turns

HERE = "Looking at page 3 of 7"


def of_node(node: Any) -> Any:
    return StateGraph(MessagesState).add_node("looks", node).add_edge(START, "looks").compile()


def tells(_: MessagesState) -> dict[str, Any]:
    get_stream_writer()(HERE)
    return {}


async def tells_async(_: MessagesState) -> dict[str, Any]:
    get_stream_writer()(HERE)
    return {}


def tells_by_runtime(_: MessagesState, runtime: Runtime[None]) -> dict[str, Any]:
    runtime.stream_writer(HERE)
    return {}


def tells_by_argument(_: MessagesState, writer: StreamWriter) -> dict[str, Any]:
    writer(HERE)
    return {}


@tool
def look() -> str:
    """Look."""
    get_stream_writer()(HERE)
    return "seen"


@tool("look")
async def look_async() -> str:
    """Look."""
    get_stream_writer()(HERE)
    return "seen"


@tool("look")
def look_by_runtime(runtime: ToolRuntime) -> str:
    """Look."""
    runtime.stream_writer(HERE)
    return "seen"


inner = create_agent(turns(call("look")), [look])


@tool
async def ask_inner() -> str:
    """Ask another agent."""
    return str((await inner.ainvoke({"messages": [("user", "go")]}))["messages"][-1].text)


@tool("ask_inner")
def ask_inner_sync() -> str:
    """Ask another agent."""
    return str(inner.invoke({"messages": [("user", "go")]})["messages"][-1].text)


@task
def a_task() -> None:
    get_stream_writer()(HERE)


@entrypoint()
async def in_task(given: dict[str, Any]) -> dict[str, Any]:
    await a_task()
    return given


in_node = of_node(tells)
in_async_node = of_node(tells_async)
in_node_by_runtime = of_node(tells_by_runtime)
in_node_by_argument = of_node(tells_by_argument)
in_subgraph = of_node(of_node(tells))
in_tool = create_agent(turns(call("look")), [look])
in_async_tool = create_agent(turns(call("look")), [look_async])
in_tool_by_runtime = create_agent(turns(call("look")), [look_by_runtime])
in_agent_in_tool = create_agent(turns(call("ask_inner")), [ask_inner])
in_agent_in_sync_tool = create_agent(turns(call("ask_inner")), [ask_inner_sync])
