"""An agent whose tools are those of an MCP server, through `langchain-mcp-adapters`, which want `mcp` 1.

It is there as long as its session with that server is: a context manager yields it.
"""

import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

_SHOP = Path(__file__).with_name("shop.py")


def think(state: MessagesState) -> dict[str, Any]:
    """Stand for a model: what a person writes becomes a call, and what came of it the answer."""
    last = state["messages"][-1]
    if not isinstance(last, HumanMessage):
        return {"messages": [AIMessage(f"With mcp {version('mcp')}: {last.text}")]}
    amount, order = re.findall(r"\d+", last.text)
    args = {"order": int(order), "amount": float(amount)}
    return {"messages": [AIMessage("", tool_calls=[{"name": "refund", "args": args, "id": "one"}])]}


@asynccontextmanager
async def graph() -> AsyncIterator[Any]:
    """Yield the agent."""
    shop = {"transport": "stdio", "command": sys.executable, "args": [str(_SHOP)], "env": {**os.environ}}
    async with MultiServerMCPClient({"shop": shop}).session("shop") as session:
        builder = StateGraph(MessagesState)
        builder.add_node("think", think)
        builder.add_node("tools", ToolNode(await load_mcp_tools(session)))
        builder.add_edge(START, "think")
        builder.add_conditional_edges("think", tools_condition)
        builder.add_edge("tools", "think")
        yield builder.compile()
