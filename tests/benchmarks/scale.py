"""What it costs to list, get and resume where 100,000 runs wait for a person, each on a thread, beside 1,000.

Two servers, each on a database that was filled by `tests.benchmarks.seed`, are asked the same in turn.

    python -m tests.benchmarks scale
"""

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import ROOT, Server, server
from tests.benchmarks.row import Row, beside
from tests.processes import surroundings

SIZES = (1000, 10_000, 100_000)
_PAIRS, _CALLS = 9, 10
WHAT = ("list", "get", "resume")
_ACCEPT = [{"type": "accept"}]


def seeded(home: Path, pending: int) -> Path:
    """A directory with a database in which so many runs wait."""
    home.mkdir()
    given = (str(home / "state.db"), "--pending", str(pending))
    environ = surroundings(home, PYTHONPATH=str(ROOT))
    subprocess.run([sys.executable, "-m", "tests.benchmarks.seed", *given], check=True, cwd=home, env=environ)
    return home


class Asked:
    """A server, and the runs that wait in it, in no order."""

    def __init__(self, process: Server) -> None:
        self._process = process
        self._waiting = self._some()

    def window(self) -> tuple[float, float, float]:
        """Seconds that a list of what waits, a look at a run, and a decision until the end of its run took."""
        took = []
        for _ in range(_CALLS):
            run_id = self._waiting.pop()
            moments = [time.perf_counter()]
            for tool, given in self._calls(run_id):
                self._process.call(tool, **given)
                moments.append(time.perf_counter())
            took.append([after - before for before, after in pairwise(moments)])
        listed, got, resumed = map(statistics.median, zip(*took, strict=True))
        return listed, got, resumed

    def _calls(self, run_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "list_interrupts", {}
        yield "get_run", {"run_id": run_id}
        yield "resume_run", {"run_id": run_id, "decisions": _ACCEPT}

    def _some(self) -> list[str]:
        """Runs from the pages at the beginning, enough for all windows."""
        found: list[str] = []
        page: dict[str, Any] = {}
        while len(found) < len(SIZES) * (_PAIRS + 1) * _CALLS:
            more = {"cursor": page["next_cursor"]} if page else {}
            page = self._process.call("list_interrupts", limit=100, **more)
            found += [each["run_id"] for each in page["interrupts"]]
        random.Random(1).shuffle(found)
        return found


@cache
def by_size(sizes: tuple[int, ...]) -> list[list[tuple[float, float, float]]]:
    """Windows of each size, and as many of the smallest as of all others, with which they were in turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT)))
        smallest, *others = [
            Asked(stack.enter_context(server(seeded(folder / str(size), size), config=None))) for size in sizes
        ]
        pairs = [in_turn(one.window, smallest.window, _PAIRS) for one in others]
    return [[few for found in pairs for _, few in found], *([ours for ours, _ in found] for found in pairs)]


def measured() -> Iterator[Row]:
    few, *_, many = by_size(SIZES)
    for number, what in enumerate(WHAT):
        pairs = [(ours[number], theirs[number]) for ours, theirs in zip(many, few[-_PAIRS:], strict=True)]
        shown = f"{what} with {SIZES[-1]:,} waiting on as many threads"
        yield beside(shown, pairs, f"the same with {SIZES[0]:,}", 1.3, unit="ms", scale=1000)
