"""What a server costs that nobody uses: CPU in so many seconds of peace. Linux only.

Two stdio servers share a database with a run that waits, so that each looks after the other.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.processes import cpu, server
from tests.benchmarks.row import Row, Target

START = {"agent": "refunds", "message": "go"}
TARGET = Target(0, of="value")


def measured(seconds: float = 20) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as one, server(Path(folder)) as other:
        one.call("start_run", **START)
        other.call("list_interrupts")
        time.sleep(2)
        before = [cpu(each.pid) for each in (one, other)]
        time.sleep(seconds)
        used = max(cpu(each.pid) - earlier for each, earlier in zip((one, other), before, strict=True))
    yield Row("idle", f"CPU of an idle server beside another one, in {seconds:g} s", "ms", used * 1000, TARGET)
