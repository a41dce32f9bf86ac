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

from tests.chaos.disturbance import Size
from tests.chaos.judge import Judge, Verdict
from tests.chaos.storm import Storm, home_in
from tests.crash.prefork import prefork

WITH_WORKERS = Size(
    processes=1,
    kills=50,
    stops=10,
    disks=10,
    people=12,
    threads=40,
    workers=2,
    worker_kills=100,
    worker_stops=40,
    starvations=20,
)
SIZES = (
    Size(processes=1, kills=100, stops=0, disks=0, people=10, threads=24),
    Size(processes=2, kills=150, stops=50, disks=10, people=10, threads=32),
    Size(processes=4, kills=150, stops=50, disks=10, people=12, threads=40),
    WITH_WORKERS,
    replace(WITH_WORKERS, processes=2, alone=1),
)
VICTIM = "tests.chaos.victim"


async def raged(size: Size, seed: str, address: str, path: Path) -> tuple[Storm, Verdict, float]:
    """A storm in an empty directory, what is to be said of it, and its seconds."""
    path.mkdir(parents=True)
    storm = Storm(home_in(path, address), size, seed)
    began = time.monotonic()
    await storm.rage()
    return storm, Judge(storm.home, storm.journal).judge(), time.monotonic() - began


def rows(storm: Storm, verdict: Verdict, seconds: float) -> dict[str, str]:
    """What there is to say of a storm."""
    journal = storm.journal
    asked = len(journal.asked_in_doubt)
    words = [word.type for word in journal.words.values() if word.in_doubt and word.acknowledged]
    answers = ", ".join(f"{words.count(kind)} {kind}" for kind in ("accept", "respond", "reject"))
    counts = {
        "runs lost": len(verdict.lost_runs),
        "acknowledged decisions lost": len(verdict.lost_decisions),
        "effects repeated without a person's word": len(verdict.repeated),
        "threads broken": len(verdict.broken),
        "anything else that nobody should see": len(verdict.odd),
        "kill -9": journal.kills,
        "told to leave, and killed within two seconds": journal.leaves,
        "SIGSTOP and SIGCONT, dead to the others meanwhile": journal.stops,
        "their runs taken over meanwhile": journal.zombies,
        "workers: kill -9": storm.servers.killed_workers,
        "workers: told to leave": journal.worker_leaves,
        "workers: stopped, runs taken over meanwhile": f"{journal.worker_stops}, {journal.worker_zombies}",
        "processes that hardly got anywhere for a while": journal.starvations,
        "workers: without more memory for a while": journal.hungers,
        "runs ended for want of memory, and tried again": len(journal.hungry),
        "runs ended since processes died with them, and tried again": len(journal.died),
        "writes of replaced drivers refused": storm.home.lines("refused"),
        "a process's disk full, the file read-only": f"{journal.fills}, {journal.locks}",
        "calls refused, to be made again": journal.refused["unavailable"],
        "runs": len(journal.started),
        "decisions kept": verdict.decisions,
        "decisions acknowledged": sum(word.acknowledged for word in journal.words.values()),
        "effects": verdict.effects,
        "unknown outcomes asked": asked,
        "answered": answers,
        "seconds": f"{seconds:.0f}",
    }
    return {name: str(value) for name, value in counts.items()}


def table(columns: dict[str, dict[str, str]]) -> str:
    names = list(next(iter(columns.values())))
    lines = [["", *columns], *([name, *(column[name] for column in columns.values())] for name in names)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", default=str(random.randrange(10**6)), help="what is random is made from it")
    parser.add_argument(
        "--only",
        choices=[size.name for size in SIZES],
        help="only the storm over so many processes, each with so many workers, and so many workers alone",
    )
    parser.add_argument("--kills", type=int, help="in each storm")
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


def asked_for(size: Size, kills: int | None, stops: int | None, hungers: int) -> Size:
    """The same with so many kills and stops of servers, and of workers, where it has any."""
    size = replace(size, hungers=hungers if size.workers else 0)
    if kills is not None:
        size = replace(size, kills=kills, worker_kills=kills if size.worker_kills else 0)
    if stops is not None:
        size = replace(size, stops=stops if size.stops else 0, worker_stops=stops if size.worker_stops else 0)
    return size


def main() -> int:
    args = read_arguments()
    where = args.keep or Path(tempfile.mkdtemp(prefix="chaos-"))
    print(f"seed {args.seed}, {platform.platform()}, Python {platform.python_version()}, files in {where}", flush=True)
    columns, faults = {}, []
    with prefork(VICTIM) as address:
        for size in SIZES:
            if args.only not in (None, size.name):
                continue
            size = asked_for(size, args.kills, args.stops, args.hungers)
            found = anyio.run(raged, size, args.seed, address, where / size.name)
            columns[str(size)] = rows(*found)
            faults += [f"{size}: {fault}" for fault in (*found[1].faults, *found[1].odd)]
            print(f"{size}: done in {found[2]:.0f} s, {len(faults)} faults", flush=True)
    print(table(columns))
    for fault in faults:
        print(f"\n{fault}")
    print(f"\nAgain: make chaos SEED={args.seed}")
    if not faults and not args.keep:
        shutil.rmtree(where)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
