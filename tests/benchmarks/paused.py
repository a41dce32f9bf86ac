"""Memory that a paused run costs the process through which it paused: none, since what waits is in the database.

The process grows by what its caches take until they are full; what is told is its growth after that. Linux only.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.processes import Server, megabytes, server
from tests.benchmarks.row import Row, Target

START = {"agent": "refunds", "message": "go"}
AT_ONCE = 50
TARGET = Target(0, of="value")


def pause(process: Server, runs: int) -> None:
    """Have so many runs come to their question."""
    asked = 0
    while asked < runs:
        for _ in range(min(AT_ONCE, runs)):
            process.send_call("start_run", **START)
        for _ in range(min(AT_ONCE, runs)):
            _, result = process.answer()
            assert result["structuredContent"]["status"] == "interrupted", result
        asked += AT_ONCE


def measured(before: int = 1000, runs: int = 2000) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as process:
        pause(process, before)
        earlier = megabytes(process.pid)
        pause(process, runs)
        grown = (megabytes(process.pid) - earlier) * 1e6 / runs
    yield Row("paused", f"memory per paused run, from {before:,} to {before + runs:,}", "bytes", grown, TARGET)
