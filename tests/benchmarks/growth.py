"""How a conversation grows on disk and slows down: 50 turns of 1.5 KB, against LangGraph alone, in one run.

A turn is a person's text, a tool call, its result and an answer. LangGraph alone keeps every checkpoint, as its
AsyncSqliteSaver does by default; the server keeps the last runs' and compresses them.

    python -m tests.benchmarks.growth [--turns 50]
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from mcp import Client

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from interrupt_mcp_agents.hotel import graph

WORDS = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text().split()
ASK = 'call search_hotels {"city": "Paris"}\n'
SAMPLE = 5
"""Turns of which the median counts; the first one loads modules, and is none of them."""
Say = Callable[[str], Awaitable[object]]


def sayings(turns: int) -> list[str]:
    """What a person may say, always the same."""
    chance = random.Random(1)
    texts = (" ".join(chance.choice(WORDS) for _ in range(300)) for _ in range(turns))
    return [ASK + text.replace("call", "")[:1400] for text in texts]


async def timed(say: Say, turns: int) -> tuple[float, float]:
    """Seconds of CPU of the first turns and of the last."""
    took = []
    for text in sayings(turns):
        began = time.process_time()
        await say(text)
        took.append(time.process_time() - began)
    return statistics.median(took[1 : SAMPLE + 1]), statistics.median(took[-SAMPLE:])


async def by_langgraph(file: Path, turns: int) -> tuple[float, float]:
    async with AsyncSqliteSaver.from_conn_string(str(file)) as saver:
        agent = graph.copy(update={"checkpointer": saver})
        config = {"configurable": {"thread_id": "growth"}}
        return await timed(lambda text: agent.ainvoke({"messages": [("user", text)]}, config, durability="sync"), turns)


async def by_server(file: Path, turns: int) -> tuple[float, float]:
    environ = {**os.environ, "INTERRUPT_MCP_DATABASE": f"sqlite:///{file}"}
    async with (
        running(read_settings(environ, cwd=file.parent)) as app,
        Client(build_server(app.runs, app.agents, VERSION, app.settings)) as client,
    ):

        async def say(text: str) -> None:
            arguments = {"agent": "hotel", "message": text, "thread_id": "growth"}
            ended = await client.call_tool("start_run", arguments)
            assert not ended.is_error, ended
            assert ended.structured_content["status"] == "success", ended

        return await timed(say, turns)


async def main(turns: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':18}{'on disk':>12}{'first turns':>14}{'last turns':>14}{'ratio':>8}")
        sizes = []
        for name, measure in {"LangGraph alone": by_langgraph, "interrupt-mcp": by_server}.items():
            file = Path(folder) / f"{measure.__name__}.db"
            first, last = await measure(file, turns)
            sizes.append(file.stat().st_size)
            shown = f"{sizes[-1] / 1e6:>9.2f} MB{first * 1000:>11.1f} ms{last * 1000:>11.1f} ms{last / first:>7.2f}x"
            print(f"{name:18}{shown}")
        print(f"{'ratio':18}{sizes[1] / sizes[0]:>11.2f}x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=50)
    anyio.run(main, parser.parse_args().turns)
