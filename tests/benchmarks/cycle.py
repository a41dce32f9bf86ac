"""A cycle, start → interrupt → accept → end, over stdio, beside LangGraph alone in a process of its own.

Both run the same agent on an instant model; LangGraph alone keeps checkpoints in its own SQLite checkpointer, the
server keeps runs, questions, decisions and effects besides. Short windows in turn, and the median of their ratios.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import ERAS, ROOT, Server, Spoken, program, server
from tests.benchmarks.row import Row, Target

ALONE, AT_ONCE, CYCLES = 15, 50, 100
START = {"agent": "refunds", "message": "go"}
ACCEPT = [{"type": "accept"}]
PEER = f"LangGraph {version('langgraph')} alone"
TOLD = {
    "interrupt": ("start to interrupt over stdio", "ms", 1000, Target(1.0)),
    "finish": ("resume to end over stdio", "ms", 1000, Target(1.0)),
    "rate": (f"cycles at {AT_ONCE} at once on one connection", "/s", 1, Target(2.0, least=True)),
}


@dataclass(frozen=True, slots=True)
class Window:
    """What one window took: seconds of each half of a cycle alone, and cycles a second with many at once."""

    interrupt: float
    finish: float
    rate: float


def of_server(process: Server) -> Window:
    halves = []
    for _ in range(ALONE):
        began = time.perf_counter()
        run = process.call("start_run", **START)
        assert run["status"] == "interrupted", run
        half = time.perf_counter()
        run = process.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert run["status"] == "success", run
        halves.append((half - began, time.perf_counter() - half))
    began = time.perf_counter()
    at_once(process, CYCLES, AT_ONCE)
    return Window(*map(statistics.median, zip(*halves, strict=True)), CYCLES / (time.perf_counter() - began))


def at_once(process: Server, cycles: int, most: int) -> None:
    """So many cycles over one connection, at most so many at a time."""
    left = cycles - most
    resumed: dict[int, bool] = {process.send_call("start_run", **START): False for _ in range(most)}
    while resumed:
        number, result = process.answer()
        run: Mapping[str, Any] = result["structuredContent"]
        if not resumed.pop(number):
            assert run["status"] == "interrupted", run
            resumed[process.send_call("resume_run", run_id=run["run_id"], decisions=ACCEPT)] = True
            continue
        assert run["status"] == "success", run
        if left > 0:
            left -= 1
            resumed[process.send_call("start_run", **START)] = False


def of_langgraph(process: Spoken) -> Window:
    process.say([ALONE, 1])
    _, halves = process.hear()
    process.say([CYCLES, AT_ONCE])
    took, _ = process.hear()
    return Window(*map(statistics.median, zip(*halves, strict=True)), CYCLES / took)


def measured(pairs: int = 7) -> Iterator[Row]:
    for era in ERAS:
        with (
            tempfile.TemporaryDirectory(dir=ROOT) as ours,
            tempfile.TemporaryDirectory(dir=ROOT) as alone,
            server(Path(ours), era) as one,
            program("bare", Path(alone), str(Path(alone) / "plain.db")) as other,
        ):
            found = in_turn(lambda one=one: of_server(one), lambda other=other: of_langgraph(other), pairs)  # type: ignore[misc]
        for field, (what, unit, factor, target) in TOLD.items():
            values = [(getattr(mine, field) * factor, getattr(its, field) * factor) for mine, its in found]
            yield Row.of_pairs("cycle", f"{what}, {era}", unit, PEER, values, target)
