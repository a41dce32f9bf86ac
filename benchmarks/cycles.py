"""How fast runs go through the server, against LangGraph alone with its own SQLite checkpointer, in one run.

A cycle is start → interrupt → accept → end of the bundled hotel agent on the offline model. LangGraph alone keeps
checkpoints; the server keeps runs, decisions and effects besides, and speaks MCP in memory.

    python benchmarks/cycles.py [--cycles 60] [--at-once 20]
"""

import argparse
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command
from mcp import Client

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp_agents.hotel import graph

MESSAGE = "Book a stay at the McKittrick hotel"
Cycle = Callable[[], Awaitable[None]]


async def timed(cycle: Cycle, cycles: int, at_once: int) -> tuple[float, float]:
    """Median seconds of a cycle alone, and cycles a second with so many at once."""
    alone = []
    for _ in range(max(5, cycles // 4)):
        began = time.perf_counter()
        await cycle()
        alone.append(time.perf_counter() - began)
    limit = anyio.Semaphore(at_once)

    async def limited() -> None:
        async with limit:
            await cycle()

    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for _ in range(cycles):
            tasks.start_soon(limited)
    return statistics.median(alone), cycles / (time.perf_counter() - began)


async def by_langgraph(folder: Path, cycles: int, at_once: int) -> tuple[float, float]:
    async with AsyncSqliteSaver.from_conn_string(str(folder / "plain.db")) as saver:
        agent = graph.copy(update={"checkpointer": saver})

        async def cycle() -> None:
            config = {"configurable": {"thread_id": uuid.uuid4().hex}}
            await agent.ainvoke({"messages": [("user", MESSAGE)]}, config, durability="sync")
            state = await agent.aget_state(config)
            answers = {interrupt.id: {"type": "accept"} for interrupt in state.interrupts}
            await agent.ainvoke(Command(resume=answers), config, durability="sync")

        await cycle()
        return await timed(cycle, cycles, at_once)


async def by_server(folder: Path, cycles: int, at_once: int) -> tuple[float, float]:
    environ = {**os.environ, "INTERRUPT_MCP_DATABASE": f"sqlite:///{folder}/server.db"}
    async with (
        running(read_settings(environ, cwd=folder)) as app,
        Client(build_server(app.runs, app.agents, VERSION, app.settings)) as client,
    ):

        async def cycle() -> None:
            started = await client.call_tool("start_run", {"agent": "hotel", "message": MESSAGE})
            assert started.structured_content, started
            resume = {"run_id": started.structured_content["run_id"], "decisions": [{"type": "accept"}]}
            ended = await client.call_tool("resume_run", resume)
            assert not ended.is_error, ended

        await cycle()
        return await timed(cycle, cycles, at_once)


async def main(cycles: int, at_once: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = await by_langgraph(Path(folder), cycles, at_once)
        server = await by_server(Path(folder), cycles, at_once)
    print(f"{'':22}{'one cycle':>12}{f'{at_once} at once':>16}")
    for name, (alone, rate) in {"LangGraph alone": plain, "interrupt-mcp": server}.items():
        print(f"{name:22}{alone * 1000:>9.1f} ms{rate:>11.1f} /s")
    print(f"{'ratio':22}{server[0] / plain[0]:>11.2f}x{server[1] / plain[1]:>14.2f}x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=60)
    parser.add_argument("--at-once", type=int, default=20)
    given = parser.parse_args()
    anyio.run(main, given.cycles, given.at_once)
