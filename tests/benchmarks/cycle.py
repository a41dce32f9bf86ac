"""A cycle, start → interrupt → accept → end, over stdio, beside LangGraph alone in a process of its own.

Both run the same agent on an instant model; LangGraph alone keeps checkpoints in its own SQLite checkpointer, the
server keeps runs, questions, decisions and effects besides. Short windows in turn, and the median of their ratios.

    python -m tests.benchmarks cycle
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.pairs import in_turn, medians
from tests.benchmarks.peers import LANGGRAPH
from tests.benchmarks.processes import ERAS, ROOT, Server, Spoken, program, server
from tests.benchmarks.row import Row, beside

ALONE, AT_ONCE, CYCLES = 15, 50, 100
_PAIRS = 7
START = {"agent": "refunds", "message": "go"}
ACCEPT = [{"type": "accept"}]


@dataclass(frozen=True, slots=True)
class Window:
    """What one window took: seconds of each half of a cycle alone, and cycles a second with many at once."""

    interrupt: float
    finish: float
    rate: float


def one_by_one(process: Server, cycles: int) -> tuple[float, float]:
    """Seconds from a start to its interrupt, and from the answer to the end: medians of so many cycles."""
    halves = []
    for _ in range(cycles):
        began = time.perf_counter()
        run = process.call("start_run", **START)
        assert run["status"] == "interrupted", run
        half = time.perf_counter()
        run = process.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert run["status"] == "success", run
        halves.append((half - began, time.perf_counter() - half))
    return medians(halves)


def of_server(process: Server) -> Window:
    halves = one_by_one(process, ALONE)
    began = time.perf_counter()
    at_once(process, CYCLES, AT_ONCE)
    return Window(*halves, CYCLES / (time.perf_counter() - began))


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
    return Window(*medians(halves), CYCLES / took)


@contextmanager
def both(era: str) -> Iterator[tuple[Server, Spoken]]:
    """The server, and LangGraph alone, on disks of their own that are the same disk."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as ours,
        tempfile.TemporaryDirectory(dir=ROOT) as alone,
        server(Path(ours), era) as one,
        program("bare", Path(alone), str(Path(alone) / "plain.db")) as other,
    ):
        yield one, other


def measured() -> Iterator[Row]:
    for era in ERAS:
        with both(era) as (one, other):
            found = in_turn(lambda: of_server(one), lambda: of_langgraph(other), _PAIRS)
        halves = {"start to interrupt": "interrupt", "resume to end": "finish"}
        for what, name in halves.items():
            pairs = [(getattr(ours, name), getattr(theirs, name)) for ours, theirs in found]
            yield beside(f"{what} over stdio ({era})", pairs, LANGGRAPH, 1.0, unit="ms", scale=1000)
        rates = [(ours.rate, theirs.rate) for ours, theirs in found]
        what = f"cycles a second, {AT_ONCE} at once on one connection ({era})"
        yield beside(what, rates, LANGGRAPH, 2.0, unit="/s", at_least=True)


def by_concurrency(levels: Sequence[int]) -> dict[str, list[float]]:
    """Milliseconds from the beginning of a cycle to its end with so many at once: the server's, and LangGraph's."""
    found: dict[str, list[float]] = {"interrupt-mcp": [], "LangGraph alone": []}
    with both(ERAS[0]) as (one, other):
        of_server(one), of_langgraph(other)
        for level in levels:
            cycles = max(2 * level, 30)

            def ours(cycles: int = cycles, level: int = level) -> float:
                began = time.perf_counter()
                at_once(one, cycles, level)
                return (time.perf_counter() - began) * level / cycles

            def theirs(cycles: int = cycles, level: int = level) -> float:
                other.say([cycles, level])
                took, _ = other.hear()
                return float(took) * level / cycles

            for name, took in zip(found, medians(in_turn(ours, theirs, 3, warm=0)), strict=True):
                found[name].append(took * 1000)
    return found
