"""`python -m tests.chaos`: processes are killed, stopped and starved, and nothing that was promised may break.

It prints four numbers that must be zero, and what happened; its exit code is 1 where one of them is not.
"""

import argparse
import platform
import random
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import anyio

from tests.chaos.judge import Judge, Verdict
from tests.chaos.keeping import on_file, on_server
from tests.chaos.servers import Home
from tests.chaos.sizes import SIZES, Size
from tests.chaos.storm import Storm, home_in
from tests.chaos.telling import rows, table
from tests.crash.prefork import prefork
from tests.processes import command, ran

_ASKED = {
    "kills": ("kills", "worker_kills"),
    "stops": ("stops", "worker_stops"),
    "outages": ("outages",),
    "breaks": ("breaks",),
}
_PATIENCE = 60.0
VICTIM = "tests.chaos.victim"


async def raged(size: Size, seed: str, address: str, path: Path) -> tuple[Storm, Verdict, float]:
    """A storm in an empty directory, what is to be said of it, and its seconds."""
    path.mkdir(parents=True)
    with on_server(path, size.processes, pooler=size.pooler) if size.on_server else on_file(path) as keeping:
        storm = Storm(home_in(path, address, keeping), size, seed)
        began = time.monotonic()
        await storm.rage()
        seconds = time.monotonic() - began
        verdict = Judge(storm.home, storm.journal).judge()
        verdict.odd += audited(storm.home)
        return storm, verdict, seconds


def audited(home: Home) -> list[str]:
    """What is wrong with the chain of the audit."""
    checked = ran([command(), "audit", "--check"], _PATIENCE, home.environ(0))
    return [] if checked.returncode == 0 else [f"the audit is not whole: {checked.stdout} {checked.stderr}"]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", default=str(random.randrange(10**6)), help="what is random is made from it")
    parser.add_argument(
        "--only",
        choices=[size.name for store in SIZES for size in SIZES[store]],
        help="only the storm over so many processes, each with so many workers, and so many workers alone; with"
        " --store postgres over so many, `h` for HTTP, `p` for PgBouncer",
    )
    parser.add_argument("--store", choices=SIZES, default="sqlite", help="where the processes keep what they know")
    parser.add_argument("--kills", type=int, help="in each storm")
    parser.add_argument("--outages", type=int, help="in each storm on PostgreSQL, how often the server is away")
    parser.add_argument("--breaks", type=int, help="in each storm on PostgreSQL, how often connections suffer")
    parser.add_argument("--stops", type=int, help="in each storm of several processes")
    parser.add_argument(
        "--hungers", type=int, default=0, help="in each storm with workers, how many get no more memory"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        help="an empty directory for databases and logs, which are else kept only where something is wrong",
    )
    return parser.parse_args()


def asked_for(size: Size, args: argparse.Namespace) -> Size:
    """The same with so much of what it has."""
    size = replace(size, hungers=args.hungers if size.workers else 0)
    for name, fields in _ASKED.items():
        if (number := getattr(args, name)) is not None:
            size = replace(size, **{field: number for field in fields if getattr(size, field)})
    return size


def main() -> int:
    args = read_arguments()
    where = args.keep or Path(tempfile.mkdtemp(prefix="chaos-"))
    print(f"seed {args.seed}, {platform.platform()}, Python {platform.python_version()}, files in {where}", flush=True)
    columns, faults = {}, []
    with prefork(VICTIM) as address:
        for size in SIZES[args.store]:
            if args.only not in (None, size.name):
                continue
            size = asked_for(size, args)
            found = anyio.run(raged, size, args.seed, address, where / size.name)
            columns[str(size)] = rows(*found)
            faults += [f"{size}: {fault}" for fault in (*found[1].faults, *found[1].odd)]
            print(f"{size}: done in {found[2]:.0f} s, {len(faults)} faults", flush=True)
    print(table(columns))
    for fault in faults:
        print(f"\n{fault}")
    print(f"\nAgain: make chaos SEED={args.seed}{' STORE=postgres' if args.store == 'postgres' else ''}")
    if not faults and not args.keep:
        shutil.rmtree(where)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
