"""`python -m tests.benchmarks [ROW ...]`: what was measured as one table, beside peers, in one run.

--json FILE   the same as JSON, with the machine that it was measured on
--write       into docs/benchmarks.json, the README and docs/benchmarks.md, with plots
"""

import argparse
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.row import Row, table

ROWS = {
    "startup": "spawn to the list of tools, and memory by then, against a hello-world server of the same library",
    "cycle": "start to interrupt, resume to end, and 50 at once, against LangGraph alone and a server written by hand",
    "workers": "what two workers add to a cycle, and 50 at once with them, against one process and one by hand",
    "dev": "the same cycle against `langgraph dev`",
    "scale": "list, get and resume with 100,000 runs waiting, against 1,000",
    "pending": "the list of what waits on PostgreSQL, with 100,000 over a million threads, against 1,000",
    "replicas": "the cycle on PostgreSQL against `local`, two replicas against one, and against Aegra",
    "growth": "the last turns of a conversation against the first, and the database after it",
    "idle": "CPU of a server that nobody uses, and memory for each paused run",
}
BESIDES = {
    "together": "several processes on one database: waking, taking over, leaving",
    "recovery": "the first reply beside 10,000 paused runs and 100 in flight, against an empty database",
}
"""Not in the table: they print what they found."""


def read_arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", epilog=_known())
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all of the table, if none is named")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="into the README and docs/")
    args = parser.parse_args(given)
    if unknown := [name for name in args.rows if name not in {**ROWS, **BESIDES}]:
        parser.error(f"there is no row {unknown[0]!r}, only {_known()}")
    if args.write and args.rows:
        parser.error("only a whole table is written: name no row with --write")
    return args


def main(given: list[str]) -> int:
    args = read_arguments(given)
    names = args.rows or list(ROWS)
    found = [row for name in names if name in ROWS for row in _measured(name)]
    if found:
        body = report.body_of(found)
        print(f"{report.machine_line(body)}\n\n{table(found)}", flush=True)
        if args.json:
            args.json.write_text(json.dumps(body, indent=1) + "\n")
        if args.write:
            report.write(body, _plots())
    return _besides([name for name in names if name in BESIDES])


def _measured(name: str) -> Iterator[Row]:
    _say(f"{name}: {ROWS[name]} ...")
    began = time.monotonic()
    for row in importlib.import_module(f"tests.benchmarks.{name}").measured():
        _say("  " + "  ".join(row.cells()))
        yield row
    _say(f"  ({time.monotonic() - began:.0f} s)")


def _plots() -> dict[str, object]:
    from tests.benchmarks import plots

    _say("plots ...")
    return plots.measured()


def _besides(names: list[str]) -> int:
    codes = []
    for name in names:
        print(f"{name}: {BESIDES[name]}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"]).returncode)
    return max(codes, default=0)


def _known() -> str:
    return ", ".join((*ROWS, *BESIDES))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
