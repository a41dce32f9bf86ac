"""What looking and deciding cost beside many runs that wait, each on a thread of its own, against 1,000.

Two servers, each on a database that `tests.benchmarks.seed` filled, called in turn.
"""

import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import anyio

from interrupt_mcp.config import read_settings
from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import ROOT, Server, server
from tests.benchmarks.row import Row, Target
from tests.benchmarks.seed import seed

FEW, MANY = 1_000, 30_000
CALLS = 15
TARGET = Target(1.3)
Window = Callable[[], float]


def fill(home: Path, pending: int) -> None:
    url = f"sqlite:///{home}/state.db"
    began = time.monotonic()
    # As the server is told: the project of a database is found from these.
    anyio.run(seed, read_settings({**os.environ, "HOME": str(home)}, database=url, cwd=home), 0, pending, 0)
    print(f"  {pending:,} runs in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def waiting(home: Path) -> list[str]:
    """Runs that wait, in no order."""
    with closing(sqlite3.connect(f"file:{home}/state.db?mode=ro", uri=True)) as connection:
        found = [row[0] for row in connection.execute("SELECT run_id FROM runs WHERE status = 'interrupted'")]
    random.Random(1).shuffle(found)
    return found


def calls(process: Server, runs: Iterator[str]) -> dict[str, Window]:
    """Each of them takes milliseconds, the median of a few calls."""

    def taken(call: Callable[[], object]) -> float:
        took = []
        for _ in range(CALLS):
            began = time.perf_counter()
            call()
            took.append(time.perf_counter() - began)
        return statistics.median(took) * 1000

    def resume() -> None:
        run = process.call("resume_run", run_id=next(runs), decisions=[{"type": "accept"}])
        assert run["status"] == "success", run

    return {
        "list": lambda: taken(lambda: (process.call("list_runs"), process.call("list_interrupts"))),
        "get": lambda: taken(lambda: process.call("get_run", run_id=next(runs))),
        "resume": lambda: taken(resume),
    }


def measured(pairs: int = 7, few: int = FEW, many: int = MANY) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(dir=ROOT) as one, tempfile.TemporaryDirectory(dir=ROOT) as other:
        full, small = Path(one), Path(other)
        fill(small, few)
        fill(full, many)
        with server(full, config=None) as ours, server(small, config=None) as its:
            of_many, of_few = calls(ours, iter(waiting(full))), calls(its, iter(waiting(small)))
            for name in of_many:
                what = f"{name}, beside {many:,} runs that wait"
                found = in_turn(of_many[name], of_few[name], pairs)
                yield Row.of_pairs("scale", what, "ms", f"beside {few:,}", found, TARGET)
