"""How a conversation of 50 turns of 1.5 KB slows down and grows on disk, beside LangGraph alone.

A turn is a person's text, a tool call, its result and an answer. LangGraph alone keeps every checkpoint, as its
AsyncSqliteSaver does by default; the server keeps the last runs' and compresses them.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import anyio
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from interrupt_mcp_agents.hotel import graph
from tests.benchmarks.pairs import Spread, ratios
from tests.benchmarks.processes import ROOT, server
from tests.benchmarks.row import Row, Target

WORDS = (ROOT / "ARCHITECTURE.md").read_text().split()
ASK = 'call search_hotels {"city": "Paris"}\n'
SAMPLE = 5
"""Turns of which the median counts; the first one loads modules, and is none of them."""
PEER = f"LangGraph {version('langgraph')} alone"


def sayings(turns: int) -> list[str]:
    """What a person may say, always the same."""
    chance = random.Random(1)
    texts = (" ".join(chance.choice(WORDS) for _ in range(300)) for _ in range(turns))
    return [ASK + text.replace("call", "")[:1400] for text in texts]


def ends(took: list[float]) -> tuple[float, float]:
    """Milliseconds of the last turns and of the first."""
    return statistics.median(took[-SAMPLE:]) * 1000, statistics.median(took[1 : SAMPLE + 1]) * 1000


async def timed(say: Callable[[str], Awaitable[object]], turns: int) -> list[float]:
    took = []
    for text in sayings(turns):
        began = time.perf_counter()
        await say(text)
        took.append(time.perf_counter() - began)
    return took


async def by_langgraph(file: Path, turns: int) -> list[float]:
    """Seconds of each turn."""
    async with AsyncSqliteSaver.from_conn_string(str(file)) as saver:
        agent = graph.copy(update={"checkpointer": saver})
        config = {"configurable": {"thread_id": "growth"}}
        return await timed(lambda text: agent.ainvoke({"messages": [("user", text)]}, config, durability="sync"), turns)


def by_server(home: Path, turns: int) -> list[float]:
    """Seconds of each turn."""
    with server(home, config=None) as process:

        async def say(text: str) -> None:
            ended = process.call("start_run", agent="hotel", message=text, thread_id="growth")
            assert ended["status"] == "success", ended

        return anyio.run(timed, say, turns)


def measured(turns: int = 50, rounds: int = 3) -> Iterator[Row]:
    ours, alone = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=ROOT) as folder:
            home = Path(folder)
            ours.append(ends(by_server(home, turns)))
            alone.append(ends(anyio.run(by_langgraph, home / "alone.db", turns)))
            sizes = [(home / name).stat().st_size / 1e6 for name in ("state.db", "alone.db")]
    its = ratios(alone).median
    what = f"last turn of {turns} against the first (LangGraph alone: {its:.2f})"
    yield Row.of_pairs("growth", what, "ms", "its first turns", ours, Target(1.3))
    ratio = Spread.of([sizes[0] / sizes[1]])
    yield Row("growth", f"database after {turns} turns", "MB", sizes[0], Target(2, of="value"), PEER, sizes[1], ratio)
