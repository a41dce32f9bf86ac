"""What people write instead: an MCP server around one graph, on LangGraph's own SQLite checkpointer as it comes.

python -m tests.benchmarks.by_hand DATABASE
"""

import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command
from mcp.server import MCPServer
from mcp.server.mcpserver import Context

from tests.benchmarks.agents import graph


@dataclass
class App:
    agent: Any


@asynccontextmanager
async def lifespan(_server: MCPServer[App]) -> AsyncIterator[App]:
    async with AsyncSqliteSaver.from_conn_string(sys.argv[1]) as saver:
        yield App(graph.copy(update={"checkpointer": saver}))


server = MCPServer[App]("refunds", lifespan=lifespan)


async def run(ctx: Context[App], thread_id: str, given: Any) -> dict[str, Any]:
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    state = await ctx.request_context.lifespan_context.agent.ainvoke(given, config)
    if asked := state.get("__interrupt__"):
        return {
            "thread_id": thread_id,
            "status": "interrupted",
            "interrupts": [{"id": each.id, "value": each.value} for each in asked],
        }
    return {"thread_id": thread_id, "status": "success", "answer": state["messages"][-1].text}


@server.tool()
async def start(ctx: Context[App], message: str) -> dict[str, Any]:
    """Start the agent with a message; return what it asks, or its answer."""
    return await run(ctx, uuid.uuid4().hex, {"messages": [("user", message)]})


@server.tool()
async def resume(ctx: Context[App], thread_id: str, interrupt_id: str, decision: dict[str, Any]) -> dict[str, Any]:
    """Give the agent the decision on what it asked; return what it asks next, or its answer."""
    return await run(ctx, thread_id, Command(resume={interrupt_id: decision}))


if __name__ == "__main__":
    server.run()
