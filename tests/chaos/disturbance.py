"""What happens to the processes of a storm, and how much of it. It does not know what they do."""

import random
import resource
import signal
import stat
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio

from tests.chaos.journal import Journal
from tests.chaos.servers import Home, Server, Servers
from tests.chaos.workers import Found

_STEPS_BETWEEN_KILLS = 6
_LONGEST_LIFE = 5.0
_POLITE = 0.3
_SECONDS_TO_LEAVE = 2.0
"""After that, clients kill their server."""
_LONGEST_STOP = 3.0
"""Seconds: where the process was stopped in the middle of a transaction, nobody can take its runs."""


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    processes: int
    kills: int
    stops: int
    disks: int
    """How often a process's disk is full, and how often the file may not be written."""
    people: int
    threads: int
    workers: int = 0
    """How many each process has; where it has some, it drives no run itself."""
    alone: int = 0
    """Workers that no process started."""
    worker_kills: int = 0
    worker_stops: int = 0
    starvations: int = 0
    hungers: int = 0

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        more = f"x{self.workers}" if self.workers else ""
        return f"{self.processes}{more}{f'+{self.alone}' if self.alone else ''}"

    def __str__(self) -> str:
        said = _many(self.processes, "front" if self.workers else "process")
        said += f" with {_many(self.workers, 'worker')}" if self.workers else ""
        return said + (f", {_many(self.alone, 'worker')} alone" if self.alone else "")


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}{'es' if what.endswith('s') else 's'}"


class Disturbance:
    """Everything that happens to the processes of one storm."""

    def __init__(
        self, home: Home, size: Size, journal: Journal, servers: Servers, rng: Callable[[str], random.Random]
    ) -> None:
        self._home = home
        self._size = size
        self._journal = journal
        self._servers = servers
        self._random = rng

    async def rage(self) -> None:
        """Everything that is to happen, and then peace."""
        size = self._size
        async with anyio.create_task_group() as going_on:
            going_on.start_soon(self._kill, "kills", self._more_servers, self._kill_server)
            going_on.start_soon(self._kill, "worker kills", self._more_workers, self._kill_worker)
            for name, number, seconds, act in (
                ("stops", size.stops, 0.3, self._stop_server),
                ("worker_stops", size.worker_stops, 0.3, self._stop_worker),
                ("starvations", size.starvations, 0.5, self._starve),
                ("hungers", size.hungers, 0.5, self._hunger),
                ("fills", size.disks, 0.7, self._fill),
                ("locks", size.disks, 0.9, self._lock),
            ):
                going_on.start_soon(self._now_and_then, name, number, seconds, act)
        self._servers.be_calm()

    async def _now_and_then(
        self, name: str, number: int, seconds: float, act: Callable[[random.Random], Awaitable[None]]
    ) -> None:
        rng = self._random(name)
        while getattr(self._journal, name) < number:
            await anyio.sleep(rng.expovariate(1 / seconds))
            await act(rng)

    def _more_servers(self) -> bool:
        return self._journal.kills < self._size.kills

    def _more_workers(self) -> bool:
        return self._servers.killed_workers < self._size.worker_kills

    async def _kill(self, name: str, more: Callable[[], bool], act: Callable[[random.Random], Awaitable[None]]) -> None:
        """Now and then, measured by what people get done rather than by time; many kill themselves besides."""
        rng = self._random(name)
        while more():
            until = self._journal.steps + rng.expovariate(1 / _STEPS_BETWEEN_KILLS)
            with anyio.move_on_after(_LONGEST_LIFE):
                while self._journal.steps < until:
                    await anyio.sleep(0.02)
            await anyio.sleep(rng.uniform(0, 0.2))
            if more():
                await act(rng)

    async def _kill_server(self, rng: random.Random) -> None:
        if living := self._servers.living:
            server = rng.choice(living)
            if rng.random() < _POLITE:
                await self._servers.see_off(server, rng.uniform(0, _SECONDS_TO_LEAVE))
            else:
                self._servers.kill(server)

    async def _kill_worker(self, rng: random.Random) -> None:
        if living := self._servers.workers:
            worker = rng.choice(living)
            if rng.random() < _POLITE:
                worker.signal(signal.SIGTERM)
                with anyio.move_on_after(rng.uniform(0, _SECONDS_TO_LEAVE)):
                    while worker.lives:
                        await anyio.sleep(0.02)
                self._journal.worker_leaves += 1
            else:
                self._journal.worker_kills += 1
            worker.signal(signal.SIGKILL)

    async def _stop_server(self, rng: random.Random) -> None:
        busy = [each for each in self._servers.living if self._home.drives(self._home.owner(each.born.pid))]
        if some := busy or self._servers.living:
            server = rng.choice(some)
            self._journal.zombies += await self._stop(rng, server, server.born.pid) and not server.ended.is_set()
            self._journal.stops += 1

    async def _stop_worker(self, rng: random.Random) -> None:
        workers = self._servers.workers
        if some := [each for each in workers if self._home.drives(self._home.owner(each.pid))] or workers:
            worker = rng.choice(some)
            self._journal.worker_zombies += await self._stop(rng, worker, worker.pid) and worker.lives
            self._journal.worker_stops += 1

    async def _stop(self, rng: random.Random, process: Server | Found, pid: int) -> bool:
        """Stop a process and make it dead to the others; return whether they took its runs before it goes on."""
        owner = self._home.owner(pid)
        process.signal(signal.SIGSTOP)
        try:
            driven = self._home.drives(owner)
            self._home.release(owner)
            with anyio.move_on_after(_LONGEST_STOP):
                while self._home.drives(owner):
                    await anyio.sleep(0.02)
            await anyio.sleep(rng.uniform(0.02, 0.3))
            return bool(driven) and not self._home.drives(owner)
        finally:
            process.signal(signal.SIGCONT)

    async def _starve(self, rng: random.Random) -> None:
        """The process hardly gets anywhere for a while."""
        if (process := self._any(rng)) is None:
            return
        for _ in range(rng.randint(5, 30)):
            process.signal(signal.SIGSTOP)
            await anyio.sleep(rng.uniform(0.02, 0.1))
            process.signal(signal.SIGCONT)
            await anyio.sleep(rng.uniform(0, 0.02))
        self._journal.starvations += 1

    async def _fill(self, rng: random.Random) -> None:
        """The process finds its disk full for a while."""
        if (process := self._any(rng)) is None:
            return
        pid = process.pid if isinstance(process, Found) else process.born.pid
        try:
            before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
            await anyio.sleep(rng.uniform(0.05, 1))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        except ProcessLookupError:
            return
        self._journal.fills += 1

    async def _hunger(self, rng: random.Random) -> None:
        """The worker gets hardly any more memory for a while."""
        if not (workers := self._servers.workers):
            return
        worker = rng.choice(workers)
        with suppress(OSError, StopIteration):
            status = Path(f"/proc/{worker.pid}/status").read_text().splitlines()
            has = next(int(line.split()[1]) for line in status if line.startswith("VmData")) * 1024
            most = resource.prlimit(worker.pid, resource.RLIMIT_DATA)[1]
            resource.prlimit(worker.pid, resource.RLIMIT_DATA, (has + rng.randint(0, 1 << 21), most))
            await anyio.sleep(rng.uniform(0.05, 1))
            resource.prlimit(worker.pid, resource.RLIMIT_DATA, (most, most))
            self._journal.hungers += 1

    def _any(self, rng: random.Random) -> Server | Found | None:
        """A server, or as probably a worker, where there are some."""
        kinds = [kind for kind in (self._servers.living, self._servers.workers) if kind]
        return rng.choice(rng.choice(kinds)) if kinds else None

    async def _lock(self, rng: random.Random) -> None:
        """Processes that start meanwhile may only read the database."""
        file = self._home.path / "state.db"
        if not file.exists():
            return
        file.chmod(stat.S_IRUSR)
        try:
            await anyio.sleep(rng.uniform(0.05, 0.6))
        finally:
            for each in self._home.path.glob("state.db*"):
                if each.is_file():
                    each.chmod(stat.S_IRUSR | stat.S_IWUSR)
        self._journal.locks += 1
