"""Agents that have others do their work: agents inside tools, subgraphs as nodes, a tool node inside a tool."""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage, ToolCall
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from tests.scripted import call, effect, hand_built, turns

GO = {"messages": [("user", "go")]}


@tool
def wipe(disk: str) -> str:
    """Wipe a disk."""
    if interrupt(f"wipe {disk}?")["type"] != "accept":
        return "kept"
    effect(f"wipe {disk}")
    return f"wiped {disk}"


@tool
def refund(amount: int) -> str:
    """Refund money."""
    effect(f"refund {amount}")
    return f"refunded {amount}"


@tool
def look() -> str:
    """Look."""
    effect("look")
    return "looked"


asking = HumanInTheLoopMiddleware(interrupt_on={"refund": True})
wiper = create_agent(turns(call("wipe", disk="a"), call("look"), call("wipe", disk="b")), [wipe, look])
refunder = create_agent(turns(call("refund", amount=5), call("look")), [refund, look], middleware=[asking])


@tool
async def delegate(to: str) -> str:
    """Have another agent do it."""
    agent = wiper if to == "wiper" else refunder
    said = await agent.ainvoke(GO)
    return said["messages"][-1].text


@tool("delegate")
def delegate_sync(to: str) -> str:
    """Have another agent do it."""
    agent = wiper if to == "wiper" else refunder
    said = agent.invoke(GO)
    return said["messages"][-1].text


def outer(delegate: BaseTool, *calls: ToolCall) -> Any:
    return create_agent(turns(*calls), [delegate, look, refund])


TO_WIPER, TO_REFUNDER = call("delegate", to="wiper"), call("delegate", to="refunder")
has_wiper = outer(delegate, TO_WIPER)
has_wiper_sync = outer(delegate_sync, TO_WIPER)
has_refunder = outer(delegate, TO_REFUNDER)
has_refunder_sync = outer(delegate_sync, TO_REFUNDER)
has_both = outer(delegate, TO_WIPER, call("look"), TO_REFUNDER)
has_both_sync = outer(delegate_sync, TO_WIPER, call("look"), TO_REFUNDER)
has_both_in_one_task = hand_built(ToolNode([delegate, look, refund]), turns(TO_WIPER, call("look"), TO_REFUNDER))
does_the_same_itself = outer(delegate, call("refund", "one", amount=5), TO_REFUNDER)


def watched() -> tuple[Any, list[str]]:
    """Return a graph with a gate on its own tool node, and the names of the tools that this gate sees."""
    graph, seen = outer(delegate, TO_REFUNDER), []

    async def watch(request: Any, execute: Callable[[Any], Awaitable[Any]]) -> Any:
        seen.append(request.tool_call["name"])
        return await execute(request)

    graph.nodes["tools"].bound._awrap_tool_call = watch
    return graph, seen


def _after(state: MessagesState) -> dict[str, Any]:
    effect("after")
    return {"messages": []}


def around(inner: Any) -> Any:
    builder = StateGraph(MessagesState)
    builder.add_node("inner", inner)
    builder.add_node("after", _after)
    builder.add_edge(START, "inner")
    builder.add_edge("inner", "after")
    return builder.compile()


around_wiper = around(wiper)
around_refunder = around(refunder)

own = ToolNode([wipe, look])


@tool
async def both(disk: str, config: RunnableConfig) -> str:
    """Look and wipe."""
    message = AIMessage("", tool_calls=[call("look"), call("wipe", disk=disk)])
    said = await own.ainvoke({"messages": [message]}, config)
    return "; ".join(m.text for m in said["messages"])


has_a_tool_node = create_agent(turns(call("both", disk="a"), call("both", disk="b")), [both])
