"""LangGraph alone, with its own SQLite checkpointer as it comes: answers lines of JSON with what its cycles took.

python -m tests.benchmarks.bare DATABASE
"""

import asyncio
import json
import sys
import time
import uuid
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from tests.benchmarks.agents import graph


async def cycle(agent: Any) -> tuple[float, float]:
    """Seconds from a start to its interrupt, and from the answer to the end."""
    config: RunnableConfig = {"configurable": {"thread_id": uuid.uuid4().hex}}
    began = time.perf_counter()
    paused = await agent.ainvoke({"messages": [("user", "go")]}, config)
    (asked,) = paused["__interrupt__"]
    half = time.perf_counter()
    ended = await agent.ainvoke(Command(resume={asked.id: {"type": "accept"}}), config)
    assert ended["messages"][-1].content == "Done."
    return half - began, time.perf_counter() - half


async def at_once(agent: Any, cycles: int, most: int) -> list[tuple[float, float]]:
    limit = asyncio.Semaphore(most)

    async def one() -> tuple[float, float]:
        async with limit:
            return await cycle(agent)

    return await asyncio.gather(*(one() for _ in range(cycles)))


async def main(database: str) -> None:
    async with AsyncSqliteSaver.from_conn_string(database) as saver:
        agent = graph.copy(update={"checkpointer": saver})
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            cycles, most = json.loads(line)
            began = time.perf_counter()
            halves = await at_once(agent, cycles, most)
            print(json.dumps([time.perf_counter() - began, halves]), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
