"""`python -m tests.load`: a thousand runs and two hundred clients on one process, and then more than it takes.

It prints what everybody got and what it took; its exit code is 1 where anything is not as it must be. Linux only.
"""

import argparse
import json
import platform
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import anyio

from tests.load import agents
from tests.load.judge import Verdict, judge, spread
from tests.load.people import Journal, Person
from tests.load.watching import Watcher
from tests.load.wire import Caller
from tests.processes import HttpServer, http_server

_MEGABYTE = 1 << 20
_GROWTH = 1.25
"""How much more memory the last minute may take than the second."""


@dataclass(frozen=True)
class Size:
    seconds: float
    clients: int
    runs: int
    quick: int = 5
    """Of how many people one has an agent that answers at once."""


@contextmanager
def server_in(home: Path, **environ: str) -> Iterator[HttpServer]:
    """A server in an empty directory, with the agents of load."""
    config = home / "langgraph.json"
    file = Path(agents.__file__)
    names = (*agents.QUICK, *agents.SLOW)
    config.write_text(json.dumps({"graphs": {name: f"{file}:{name}" for name in names}}))
    root = str(file.parents[2])
    given = {"INTERRUPT_MCP_CONFIG": str(config), "EFFECTS": str(home / "effects"), "PYTHONPATH": root}
    with http_server(home, **given, **environ) as server:
        yield server


async def crowded(server: HttpServer, watcher: Watcher, size: Size, journal: Journal) -> None:
    """Have so many people use the server for so long, and wait until each of them came to an end."""
    over = anyio.Event()
    async with AsyncExitStack() as stack, anyio.create_task_group() as watching:
        watching.start_soon(watcher.watch)
        callers = [
            await stack.enter_async_context(Caller(server.url, journal.latencies, modern=bool(number % 2)))
            for number in range(size.clients)
        ]
        async with anyio.create_task_group() as people:
            for number in range(size.runs):
                quick = number // size.clients % size.quick == 0
                agent = (agents.QUICK if quick else agents.SLOW)[number // 2 % 2]
                name = f"{'quick' if quick else 'slow'}{number}"
                person = Person(name, agent, callers[number % size.clients], journal, over, wait=20 * quick)
                people.start_soon(person.carry_on)
            await anyio.sleep(size.seconds)
            over.set()
        watching.cancel_scope.cancel()


def had(journal: Journal, verdict: Verdict, seconds: float) -> dict[str, str]:
    """What everybody got."""
    rows = {
        "errors": len(journal.odd),
        "effects that are not what was decided": len(verdict.faults),
        "runs finished": f"{sum(journal.cycles.values())}, {sum(journal.cycles.values()) / seconds:.1f} a second",
        "decisions": ", ".join(f"{number} {kind}" for kind, number in sorted(journal.kinds.items())),
        "effects": verdict.effects,
        "starts that were told busy": _told(journal.busy),
        "answers 503": journal.full,
    }
    rows |= {f"{name}, s": spread(found) for name, found in sorted(journal.latencies.items())}
    rows["from a start to its model, s"] = spread(verdict.to_model)
    rows["from a decision to its tool, s"] = spread(verdict.to_tool)
    for kind in ("quick", "slow"):
        if found := [number for name, number in journal.cycles.items() if name.startswith(kind)]:
            rows[f"runs of each {kind} thread: least / median / most"] = (
                f"{min(found)} / {median(found):g} / {max(found)}"
            )
    return {name: str(value) for name, value in rows.items()}


def took(watcher: Watcher) -> dict[str, str]:
    """What the process took."""
    minutes = by_minute(watcher)
    last = watcher.samples[-1]
    driven = [counted.get("running", 0) for counted in watcher.runs]
    alive = [sum(counted.values()) for counted in watcher.runs]
    return {
        "runs driven at once, and with the paused ones: median / most": (
            f"{median(driven):g} / {max(driven)}, {median(alive):g} / {max(alive)}"
        ),
        "healthz, s": spread(watcher.health),
        "healthz not well": str(len(watcher.unhealthy)),
        "memory at the start, and the most in each minute, MB": ", ".join(
            f"{each / _MEGABYTE:.0f}" for each in (watcher.samples[0].memory, *minutes)
        ),
        "open files at the start, the most, at the end": (
            f"{watcher.samples[0].files}, {max(sample.files for sample in watcher.samples)}, {last.files}"
        ),
        "CPU of the server": f"{(last.cpu - watcher.samples[0].cpu) / last.at:.0%} of one",
    }


def by_minute(watcher: Watcher) -> list[int]:
    """The most memory in each minute that was whole."""
    whole = int(watcher.samples[-1].at // 60)
    return [max(s.memory for s in watcher.samples if s.at // 60 == minute) for minute in range(whole)]


def faults(journal: Journal, verdict: Verdict, watcher: Watcher) -> list[str]:
    found = [*journal.odd, *verdict.faults, *(f"healthz: {each}" for each in watcher.unhealthy)]
    minutes = by_minute(watcher)
    if len(minutes) > 2 and minutes[-1] > minutes[1] * _GROWTH:
        found.append(f"memory grew: {minutes}")
    return found


def _told(busy: list[int]) -> str:
    return f"{len(busy)}, to try again after {min(busy)} to {max(busy)} s" if busy else "0"


def lived(title: str, size: Size, home: Path, seed: str, **environ: str) -> list[str]:
    """Let a crowd loose on a server, print what came of it, and give what was wrong."""
    home.mkdir(parents=True)
    journal = Journal(random.Random(seed))
    with server_in(home, **environ) as server:
        watcher = Watcher(server, home / "state.db")
        anyio.run(crowded, server, watcher, size, journal)
        seconds = watcher.sample().at
    verdict = judge(home / "effects", journal)
    wrong = faults(journal, verdict, watcher)
    print(f"\n{title}")
    for name, value in {**had(journal, verdict, seconds), **took(watcher)}.items():
        print(f"  {name:<64}  {value}")
    for each in wrong[:20]:
        print(f"  WRONG: {each}")
    return wrong


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--keep", type=Path, help="an empty directory for the databases")
    return parser.parse_args()


def main() -> int:
    args = read_arguments()
    print(f"{platform.platform()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as temporary:
        where = args.keep or Path(temporary)
        size = Size(args.seconds, args.clients, args.runs)
        wrong = lived(f"{args.runs} runs, {args.clients} clients, {args.seconds:g} s", size, where / "load", "load")
        # Ten times as many want to start a run as there are places.
        crowd = Size(args.seconds / 10, args.clients, args.runs // 2)
        places = max(1, args.runs // 20)
        title = f"{crowd.runs} runs where {places} have a place, {crowd.seconds:g} s"
        wrong += lived(title, crowd, where / "crowd", "crowd", INTERRUPT_MCP_MAX_RUNS=str(places), SLOW="0.5 1")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
