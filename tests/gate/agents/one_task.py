"""Agents built by hand around one tool node, in which all calls of a message are one task."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.messages import ToolCall
from langchain_core.tools import BaseTool, tool
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from tests.scripted import call, effect, hand_built, turns

Execute = Callable[[Any], Awaitable[Any]]


@tool
async def refund(amount: int) -> str:
    """Refund money."""
    if interrupt(f"refund {amount}?")["type"] != "accept":
        return "not refunded"
    effect(f"refund {amount}")
    return f"refunded {amount}"


def _delete(customer: int) -> str:
    if interrupt(f"delete {customer}?")["type"] != "accept":
        return "not deleted"
    effect(f"delete {customer}")
    return f"deleted {customer}"


@tool
def delete(customer: int) -> str:
    """Delete a customer."""
    return _delete(customer)


@tool("delete")
async def delete_async(customer: int) -> str:
    """Delete a customer."""
    return _delete(customer)


@tool
def look(where: str) -> str:
    """Look at something."""
    effect(f"look {where}")
    return f"looked at {where}"


TOOLS = (refund, delete, look)
ALL_ASYNC = (refund, delete_async, look)
"""Where some are not, LangGraph alone gives the answers to now one call and now another."""
CALLS = (call("refund", amount=5), call("look", where="a"), call("delete", customer=7))


def built(
    calls: Sequence[ToolCall] = CALLS, tools: Sequence[BaseTool] = TOOLS, wrap: Callable[..., Any] | None = None
) -> Any:
    return hand_built(ToolNode(tools, awrap_tool_call=wrap), turns(*calls))


three_calls = built()
three_calls_async = built(tools=ALL_ASYNC)


def keeping_results() -> Any:
    """Return what one would write first: the result of a call that is done is kept, and given again."""
    kept = {}

    async def memo(request: Any, execute: Execute) -> Any:
        id_ = request.tool_call["id"]
        if id_ not in kept:
            kept[id_] = await execute(request)
        return kept[id_]

    return built(tools=ALL_ASYNC, wrap=memo)


async def slow_first(request: Any, execute: Execute) -> Any:
    if request.tool_call["name"] == "refund":
        for _ in range(50):
            await asyncio.sleep(0)
    return await execute(request)


first_call_delayed = built(wrap=slow_first)
three_refunds = built(
    [call("refund", amount=1), call("refund", amount=2), call("look", where="b"), call("refund", amount=3)]
)


@tool
def send(to: str) -> str:
    """Send."""
    first = interrupt(f"send to {to}?")
    second = interrupt(f"really send to {to}?")
    effect(f"send {to} {first['type']} {second['type']}")
    return f"sent {to}"


asks_twice = built([call("send", to="a"), call("refund", amount=5), call("send", to="b")], [send, refund])
