"""How soon processes on one database notice each other, and how soon they leave.

Woken: from a call that ends a run in one process to the answer of one who waits for it in another. Taken over: from a
`kill -9` of the process that drives a run to another's taking it. Left: from the end of the input, or a signal, to the
exit, with nothing to do and with a tool that blocks the whole process. Linux and macOS only.

    python -m tests.benchmarks.together [ROUNDS]
"""

import json
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.benchmarks.processes import Server, server

AGENTS = Path(__file__).with_name("never_ending.py")


@contextmanager
def project() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        graphs = {name: f"{AGENTS}:{name}" for name in ("waits", "blocks")}
        (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
        yield home


def driving(process: Server, home: Path, agent: str = "waits") -> str:
    """A run that the process drives."""
    (home / "begun").unlink(missing_ok=True)
    run = process.call("start_run", agent=agent, message="Hello", wait_seconds=0)
    until((home / "begun").exists)
    return str(run["run_id"])


def until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.002)


def woken(rounds: int) -> Iterator[float]:
    with project() as home, server(home, config=None) as one, server(home, config=None) as other:
        other.call("list_runs")
        for _ in range(rounds):
            run_id = driving(one, home)
            answered: list[float] = []

            def wait(run_id: str = run_id, answered: list[float] = answered) -> None:
                other.call("get_run", run_id=run_id, wait_seconds=25)
                answered.append(time.perf_counter())

            waiter = threading.Thread(target=wait)
            waiter.start()
            time.sleep(0.3)
            began = time.perf_counter()
            one.call("cancel_run", run_id=run_id)
            waiter.join()
            yield answered[0] - began


def taken_over(rounds: int) -> Iterator[float]:
    with project() as home, server(home, config=None) as other:
        other.call("list_runs")
        for _ in range(rounds):
            with server(home, config=None) as doomed:
                run_id = driving(doomed, home)
                before = owner(home, run_id)
                doomed.kill()
                began = time.perf_counter()
                until(lambda run_id=run_id, before=before: owner(home, run_id) != before)  # type: ignore[misc]
                yield time.perf_counter() - began
            other.call("cancel_run", run_id=run_id)


def owner(home: Path, run_id: str) -> str:
    with closing(sqlite3.connect(f"file:{home}/state.db?mode=ro", uri=True, timeout=30)) as connection:
        return str(connection.execute("SELECT owner FROM runs WHERE run_id = ?", (run_id,)).fetchone()[0])


def left(rounds: int, way: str, agent: str | None) -> Iterator[float]:
    for _ in range(rounds):
        with project() as home, server(home, config=None) as process:
            process.call("list_runs")
            if agent is not None:
                driving(process, home, agent)
            began = time.perf_counter()
            if way == "the end of its input":
                process.close()
            else:
                os.kill(process.pid, signal.Signals[way])
                process.ended()
            yield time.perf_counter() - began


def main(rounds: int) -> None:
    told("woken by another process", woken(rounds))
    told("taken over after kill -9", taken_over(rounds))
    for way in ("the end of its input", "SIGTERM", "SIGINT"):
        told(f"left at {way}", left(rounds, way, None))
    told("left while it drives a run", left(rounds, "the end of its input", "waits"))
    told("left while a tool blocks it", left(rounds, "the end of its input", "blocks"))


def told(what: str, seconds: Iterator[float]) -> None:
    found = list(seconds)
    print(f"{what:30} median {statistics.median(found):.3f} s, slowest {max(found):.3f} s of {len(found)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
