"""`python -m tests.benchmarks [ROW ...]`: the rows, each a module of this folder that prints what it measured."""

import subprocess
import sys
import time

ROWS = {
    "startup": "spawn to the first reply and the list of tools, against a hello-world server of the same library",
    "cycle": "start to interrupt, resume to end, and 50 at once, against LangGraph alone with its own checkpointer",
    "growth": "the last turn of a conversation against the first, and the database after it",
    "idle": "CPU of a server that nobody uses",
    "together": "several processes on one database: waking, taking over, leaving",
    "recovery": "the first reply beside 10,000 paused runs and 100 in flight, against an empty database",
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"There is no row {unknown[0]!r}, only {', '.join(ROWS)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or ROWS:
        print(f"{name}: {ROWS[name]}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"]).returncode:
            failed.append(name)
        print(f"({time.monotonic() - began:.0f} s)\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
