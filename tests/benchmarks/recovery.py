"""How long a client waits for a server whose database is full of what others left, against an empty one.

From spawn to the first reply, to the list of tools, and to the list of what waits, which is the first that needs the
database; in turn, so that a busy machine slows both. Beside the time, the CPU that the server took by then, which
others on the machine hardly change. Then, for the full one, until all that was in flight has come to its next pause or
its end. Each start is on a copy, since a start goes on with what it finds. Linux only.

    python -m tests.benchmarks.recovery [--pending 10000] [--in-flight 100] [--rounds 7] [--database SEEDED]
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio

from interrupt_mcp.config import read_settings
from tests.benchmarks.processes import META, cpu
from tests.benchmarks.seed import seed

ASKED = {
    "first reply": ("server/discover", {}),
    "list of tools": ("tools/list", {}),
    "what waits": ("tools/call", {"name": "list_interrupts", "arguments": {}}),
}


class Server:
    """A stdio server on a copy of a database."""

    def __init__(self, folder: Path, database: Path) -> None:
        shutil.copy(database, folder / "state.db")
        environ = {**os.environ, "HOME": str(folder), "INTERRUPT_MCP_DATABASE": f"sqlite:///{folder}/state.db"}
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "interrupt_mcp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environ,
        )

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": META}}
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = next(m for line in self._process.stdout if "id" in (m := json.loads(line)))
        assert not answer["result"].get("isError"), answer
        return answer["result"]

    def seconds(self) -> tuple[float, float]:
        """So far: of the clock, and of CPU."""
        return time.perf_counter() - self.began, cpu(self._process.pid)

    def settled(self) -> float:
        """Seconds from spawn until nothing is in flight any more."""
        calls = [{"name": "list_runs", "arguments": {"status": status}} for status in ("pending", "running")]
        while any(self.ask("tools/call", call)["structuredContent"]["runs"] for call in calls):
            time.sleep(0.05)
        return self.seconds()[0]

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def start(database: Path, *, settle: bool = False) -> tuple[dict[str, tuple[float, float]], float]:
    """Seconds from spawn to each answer, of the clock and of CPU, and until nothing is in flight."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), database)
        took = {}
        for name, (method, params) in ASKED.items():
            server.ask(method, params)
            took[name] = server.seconds()
        settled = server.settled() if settle else 0.0
        server.close()
        return took, settled


def main(full: Path, empty: Path, rounds: int) -> None:
    found: dict[Path, list[dict[str, tuple[float, float]]]] = {full: [], empty: []}
    for number in range(rounds + 1):
        for database in found if number % 2 else reversed(found):
            took, _ = start(database)
            # The first round warms up caches, and does not count.
            if number:
                found[database].append(took)
    for name in ASKED:
        shown = []
        for at, unit in enumerate(("s", "s of CPU")):
            medians = [statistics.median(took[name][at] for took in found[database]) for database in (full, empty)]
            shown.append(f"full {medians[0]:.3f} {unit}, empty {medians[1]:.3f} {unit}, {medians[0] / medians[1]:.2f}x")
        print(f"{name:14} {'; '.join(shown)}", flush=True)
    _, settled = start(full, settle=True)
    print(f"nothing is in flight any more after {settled:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pending", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--database", type=Path, help="one that benchmarks.seed made, instead of making one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        databases = {name: Path(folder) / f"{name}.db" for name in ("full", "empty")}
        counts = {"full": (0, given.pending, given.in_flight), "empty": (0, 0, 0)}
        for name, database in databases.items():
            settings = read_settings(os.environ, database=f"sqlite:///{database}", cwd=Path(folder))
            if name == "empty" or given.database is None:
                anyio.run(seed, settings, *counts[name])
        main(given.database or databases["full"], databases["empty"], given.rounds)
