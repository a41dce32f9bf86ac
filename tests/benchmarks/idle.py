"""What a server costs that nobody uses: CPU in so many seconds of peace, and memory for each run that waits.

Two stdio servers share a database with a run that waits, so that each looks after the other. Linux only.

    python -m tests.benchmarks idle
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.cycle import START
from tests.benchmarks.processes import Server, cpu, memory, server
from tests.benchmarks.row import Row, alone

_SECONDS = 30
_WARM, _RUNS, _AT_ONCE = 7000, 2000, 20
"""Runs that are paused until caches are full and memory is first looked at, and then until it is looked at again."""


def paused(process: Server, count: int) -> None:
    asked: set[int] = set()
    for left in range(count, 0, -1):
        while len(asked) < min(left, _AT_ONCE):
            asked.add(process.send_call("start_run", **START))
        number, result = process.answer()
        assert result["structuredContent"]["status"] == "interrupted", result
        asked.remove(number)


def measured() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as one, server(Path(folder)) as other:
        paused(one, 1)
        other.call("list_interrupts")
        time.sleep(2)
        before = [cpu(process.pid) for process in (one, other)]
        time.sleep(_SECONDS)
        used = [cpu(each.pid) - earlier for each, earlier in zip((one, other), before, strict=True)]
        shown = "CPU of an idle server, which looks once a second whether another died"
        yield alone(shown, [100 * each / _SECONDS for each in used], 0, unit="% of a core")
        paused(one, _WARM)
        took = memory(one.pid)
        paused(one, _RUNS)
        yield alone("memory for each paused run", [(memory(one.pid) - took) / _RUNS / 1000], 0, unit="KB", digits=1)
