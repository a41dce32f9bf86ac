"""Replicas on PostgreSQL: what it adds to a run, two of them beside one, and Aegra on the same PostgreSQL server.

All are asked over HTTP by a client that costs little. PostgreSQL syncs, and shares two cores with the replicas and the
client here: how much CPU each of them takes for a cycle is told as well. Linux only.

    python -m tests.benchmarks replicas
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import aegra
from tests.benchmarks.cycle import ACCEPT, START
from tests.benchmarks.over_http import Connection, connected
from tests.benchmarks.pairs import in_turn, medians
from tests.benchmarks.peers import AEGRA
from tests.benchmarks.processes import ROOT, cpu
from tests.benchmarks.row import Row, alone, beside
from tests.postgres.cluster import Cluster, cluster
from tests.processes import HttpServer, http_server

_CONFIG = Path(__file__).with_name("replicas.json")
_PAIRS, _ALONE = 7, 10
_RATE_PAIRS, _CYCLES, _AT_ONCE = 5, 100, 50
_ADDED = 20.0
"""Milliseconds."""
Cycle = Callable[[Connection], Awaitable[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Window:
    """What many cycles at once took: cycles a second, and milliseconds of CPU for each of them."""

    rate: float
    replicas: float
    postgres: float
    client: float


async def cycle(connection: Connection) -> tuple[float, float]:
    """Seconds from a start to its interrupt, and from the answer to the end."""
    began = time.perf_counter()
    run = await connection.call("start_run", **START)
    assert run["status"] == "interrupted", run
    half = time.perf_counter()
    run = await connection.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
    assert run["status"] == "success", run
    return half - began, time.perf_counter() - half


async def first_step(connection: Connection) -> tuple[float, float]:
    """Seconds from a start to the first node, and to the end."""
    began = time.perf_counter()
    run = await connection.call("start_run", agent="clocked", message=START["message"])
    assert run["status"] == "success", run
    return float(run["answer"]) - began, time.perf_counter() - began


def one_by_one(base: str, once: Cycle) -> tuple[float, float]:
    """The medians of both of its times."""

    async def asked() -> list[tuple[float, float]]:
        async with connected(base) as connection:
            return [await once(connection) for _ in range(_ALONE)]

    return medians(asyncio.run(asked()))


def at_once(servers: Sequence[HttpServer], database: Cluster) -> Window:
    """So many cycles, by clients that are spread over the servers."""
    left = iter(range(_CYCLES))

    async def client(base: str) -> None:
        async with connected(base) as connection:
            for _ in left:
                await cycle(connection)

    async def clients() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(_AT_ONCE):
                tasks.create_task(client(servers[number % len(servers)].base))

    before = _used(servers, database)
    began = time.perf_counter()
    asyncio.run(clients())
    took = time.perf_counter() - began
    used = [(after - earlier) * 1000 / _CYCLES for after, earlier in zip(_used(servers, database), before, strict=True)]
    return Window(_CYCLES / took, *used)


def _used(servers: Sequence[HttpServer], database: Cluster) -> tuple[float, float, float]:
    """Seconds of CPU that the servers, PostgreSQL and this process took so far."""
    return sum(cpu(each.process.pid) for each in servers), _of_postgres(database), time.process_time()


def _of_postgres(database: Cluster) -> float:
    assert database.process is not None
    ticks, first = 0, database.process.pid
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == first:
            # With those of its children that ended.
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == first:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Served:
    """What is measured, each from when it answers until the end of the block."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.postgres = stack.enter_context(cluster(durable=True))

    def replicas(self, count: int) -> list[HttpServer]:
        """Replicas on a database of their own."""
        url = self.postgres.make_database()
        return [self.on(url) for _ in range(count)]

    def local(self) -> HttpServer:
        """One server on a file."""
        return self.on(f"sqlite:///{self.home()}/state.db")

    def on(self, database: str) -> HttpServer:
        environ = {"INTERRUPT_MCP_DATABASE": database, "INTERRUPT_MCP_CONFIG": str(_CONFIG)}
        return self._stack.enter_context(http_server(self.home(), **environ))

    def aegra(self, program: Path) -> str:
        return self._stack.enter_context(aegra.aegra(self.home(), program, self.postgres.make_database()))

    def home(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT)))


def measured() -> Iterator[Row]:
    program = aegra.python()
    with ExitStack() as stack:
        served = Served(stack)
        (one,), two = served.replicas(1), served.replicas(2)
        yield from _beyond_local(one.base, served.local().base)
        yield from _scaling(served.postgres, one, two)
        if program is None:
            print("Aegra needs Python 3.12, which is not on this machine", file=sys.stderr)
        else:
            yield from _beside_aegra(one.base, served.aegra(program))


def _beyond_local(ours: str, local: str) -> Iterator[Row]:
    for once, names in (
        (first_step, ("start to first step", "start to end of one step")),
        (cycle, ("start to interrupt", "resume to end")),
    ):
        pairs = in_turn(lambda once=once: one_by_one(ours, once), lambda once=once: one_by_one(local, once), _PAIRS)  # type: ignore[misc]
        for half, what in enumerate(names):
            found = [(one[half] - other[half]) * 1000 for one, other in pairs]
            yield alone(f"{what}, what PostgreSQL adds to it", found, _ADDED, unit="ms")


def _scaling(database: Cluster, one: HttpServer, two: Sequence[HttpServer]) -> Iterator[Row]:
    found = in_turn(lambda: at_once(two, database), lambda: at_once([one], database), _RATE_PAIRS)
    for window, what in ((medians_of([ours for ours, _ in found]), "two"), (medians_of([o for _, o in found]), "one")):
        print(f"  CPU for a cycle, {what}: {window}", file=sys.stderr)
    what = f"cycles a second, {_AT_ONCE} at once, two replicas"
    rates = [(ours.rate, theirs.rate) for ours, theirs in found]
    yield beside(what, rates, "one replica", 1.6, unit="/s", at_least=True)
    # What is left of it where nothing but the replicas takes their cores.
    rates = [(2000 / ours.replicas, 1000 / theirs.replicas) for ours, theirs in found]
    what = "cycles for a second of CPU of each replica, two replicas"
    yield beside(what, rates, "one replica", 1.6, unit="/s", at_least=True)


def medians_of(windows: Sequence[Window]) -> str:
    replicas, rest = medians([(each.replicas, each.postgres) for each in windows])
    client, rate = medians([(each.client, each.rate) for each in windows])
    return f"replicas {replicas:.1f} ms, PostgreSQL {rest:.1f} ms, client {client:.1f} ms; {rate:.1f} cycles a second"


def _beside_aegra(ours: str, theirs: str) -> Iterator[Row]:
    pairs = in_turn(lambda: one_by_one(ours, cycle), lambda: one_by_one(theirs, aegra.cycle), _PAIRS)
    for half, what in enumerate(("start to interrupt", "resume to end")):
        found = [(one[half], other[half]) for one, other in pairs]
        yield beside(f"{what} on PostgreSQL", found, AEGRA, 1.0, unit="ms", scale=1000)
