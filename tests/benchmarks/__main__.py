"""`python -m tests.benchmarks [ROW ...]`: one table of what was measured, each row by a module of this folder."""

import argparse
import importlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.report import Report
from tests.benchmarks.row import Row, table

ROWS = {
    "startup": "spawn to the first reply and the list of tools, against a hello-world server of the same library",
    "memory": "memory after the list of tools, against the same",
    "cycle": "start to interrupt, resume to end, and 50 at once, against LangGraph alone with its own checkpointer",
    "growth": "the last turn of a conversation against the first, and the database after it",
    "idle": "CPU of a server that nobody uses",
    "paused": "memory of a run that waits",
    "dev": "the cycle against `langgraph dev` over HTTP, installed on first use",
    "scale": "list, get and resume beside 30,000 runs that wait, against 1,000; --threads 100000 for more",
}
BESIDE = {
    "together": "several processes on one database: waking, taking over, leaving",
    "recovery": "the first reply beside 10,000 paused runs and 100 in flight, against an empty database",
}
"""Not in the table: they print what they found, and are run by name or by `--all`."""


def measured(names: Sequence[str], threads: int) -> Iterator[Row]:
    options = {"scale": {"many": threads}}
    for name in names:
        _tell(f"{name}: {ROWS[name]}")
        began = time.monotonic()
        yield from importlib.import_module(f"tests.benchmarks.{name}").measured(**options.get(name, {}))
        _tell(f"  {time.monotonic() - began:.0f} s")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*ROWS, *BESIDE, []], help=", ".join(ROWS))
    parser.add_argument("--all", action="store_true", help=f"and {', '.join(BESIDE)}, beside the table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found, and on what machine")
    parser.add_argument("--write", action="store_true", help="write it into docs/ and README.md; all rows only")
    parser.add_argument("--threads", type=int, default=30_000, metavar="N", help="for scale, 30000 unless told")
    given = parser.parse_args(arguments)
    if given.write and given.rows:
        parser.error("--write is for the whole table")
    inside = [name for name in ROWS if name in given.rows or not given.rows]
    beside = [name for name in BESIDE if name in given.rows or given.all]
    if inside:
        report = Report.of(measured(inside, given.threads))
        print(table(report.rows), flush=True)
        if given.json:
            given.json.write_text(report.text(), "utf-8")
        if given.write:
            report.write()
    codes = [subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"]).returncode for name in beside]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
