"""A cycle, start → interrupt → accept → end, over stdio, beside LangGraph alone in a process of its own.

Both run the same agent on an instant model; LangGraph alone keeps checkpoints in its own SQLite checkpointer, the
server keeps runs, questions, decisions and effects besides. Short windows in turn, and the median of their ratios.

    python -m tests.benchmarks.cycle [PAIRS]
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.pairs import Spread, in_turn, medians, ratios
from tests.benchmarks.processes import ERAS, ROOT, Server, Spoken, program, server

ALONE, AT_ONCE, CYCLES = 15, 50, 100
START = {"agent": "refunds", "message": "go"}
ACCEPT = [{"type": "accept"}]


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


def measured(pairs: int, era: str) -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as ours,
        tempfile.TemporaryDirectory(dir=ROOT) as alone,
        server(Path(ours), era) as one,
        program("bare", Path(alone), str(Path(alone) / "plain.db")) as other,
    ):
        found = in_turn(lambda: of_server(one), lambda: of_langgraph(other), pairs)
    for name, unit, factor in (("interrupt", "ms", 1000), ("finish", "ms", 1000), ("rate", "/s", 1)):
        values = [(getattr(mine, name) * factor, getattr(its, name) * factor) for mine, its in found]
        yield told(name if name != "rate" else f"{AT_ONCE} at once", unit, medians(values), ratios(values))


def told(name: str, unit: str, both: tuple[float, float], ratio: Spread) -> str:
    ours, peer = both
    return (
        f"{name:12} interrupt-mcp {ours:7.1f} {unit}, LangGraph alone {peer:7.1f} {unit},"
        f" ratio {ratio.median:.2f} (quartiles {ratio.low:.2f} to {ratio.high:.2f} of {ratio.count} pairs)"
    )


def main(pairs: int) -> None:
    for era in ERAS:
        print(f"stdio, {era}")
        for line in measured(pairs, era):
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
