"""What happens to the processes of a storm, and how much of it. It does not know what they do."""

import random
import resource
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio

from tests.chaos.journal import Journal
from tests.chaos.keeping import OnServer
from tests.chaos.outages import Act, Outages
from tests.chaos.servers import Home, Server, Servers
from tests.chaos.sizes import Size
from tests.chaos.workers import Found

_STEPS_BETWEEN_KILLS = 6
_STEPS_BETWEEN_BREAKS = 5
_STEPS_BETWEEN_STOPS = 12
_STEPS_BETWEEN_OUTAGES = 15
_STEPS_BETWEEN_DEPLOYS = 30
_POLITE = 0.3
_SECONDS_TO_LEAVE = 2.0
"""After that, clients kill their server."""
_LONGEST_STOP = 3.0
"""Seconds: where the process was stopped in the middle of a transaction, nobody can take its runs."""


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
        on_server = isinstance(self._home.keeping, OnServer)
        async with anyio.create_task_group() as going_on:
            going_on.start_soon(self._kill, "kills", self._more_servers, self._kill_server)
            going_on.start_soon(self._kill, "worker kills", self._more_workers, self._kill_worker)
            for name, number, steps, act in self._acts_on_server() if on_server else ():
                going_on.start_soon(self._by_steps, name, number, steps, act)
            for name, number, seconds, act in (
                ("stops", 0 if on_server else size.stops, 0.3, self._stop_server),
                ("worker_stops", size.worker_stops, 0.3, self._stop_worker),
                ("starvations", size.starvations, 0.5, self._starve),
                ("hungers", size.hungers, 0.5, self._hunger),
                ("fills", size.disks, 0.7, self._fill),
                ("locks", size.disks, 0.9, self._lock),
            ):
                going_on.start_soon(self._now_and_then, name, number, seconds, act)
        self._servers.be_calm()

    def _acts_on_server(self) -> list[tuple[str, int, float, Act]]:
        assert isinstance(self._home.keeping, OnServer)
        outages = Outages(self._home.keeping, self._journal, self._servers)
        return [
            ("outages", self._size.outages, _STEPS_BETWEEN_OUTAGES, outages.restart),
            ("breaks", self._size.breaks, _STEPS_BETWEEN_BREAKS, outages.disturb),
            ("deploys", self._size.deploys, _STEPS_BETWEEN_DEPLOYS, outages.deploy),
            ("stops", self._size.stops, _STEPS_BETWEEN_STOPS, self._stop_server),
        ]

    async def _by_steps(self, name: str, number: int, steps: float, act: Act) -> None:
        rng = self._random(name)
        while getattr(self._journal, name) < number:
            await self._some_steps(rng.expovariate(1 / steps))
            await act(rng)

    async def _now_and_then(self, name: str, number: int, seconds: float, act: Act) -> None:
        rng = self._random(name)
        while getattr(self._journal, name) < number:
            await anyio.sleep(rng.expovariate(1 / seconds))
            await act(rng)

    def _more_servers(self) -> bool:
        return self._journal.kills < self._size.kills

    def _more_workers(self) -> bool:
        return self._servers.killed_workers < self._size.worker_kills

    async def _kill(self, name: str, more: Callable[[], bool], act: Act) -> None:
        """Now and then, measured by what people get done rather than by time; many kill themselves besides."""
        rng = self._random(name)
        while more():
            await self._some_steps(rng.expovariate(1 / _STEPS_BETWEEN_KILLS))
            await anyio.sleep(rng.uniform(0, 0.2))
            if more():
                await act(rng)

    async def _some_steps(self, steps: float) -> None:
        """Wait until people got so much further, or do not for a while."""
        until = self._journal.steps + steps
        with anyio.move_on_after(self._home.keeping.longest_life):
            while self._journal.steps < until:
                await anyio.sleep(0.02)

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
        until = anyio.current_time() + self._home.keeping.patience
        while True:
            driven = await self._home.drives()
            busy = [each for each in self._servers.living if driven[self._home.owner(each.born.pid)]]
            if busy or anyio.current_time() > until:
                break
        if some := busy or self._servers.living:
            server = rng.choice(some)
            self._journal.zombies += await self._stop(rng, server, server.born.pid) and not server.ended.is_set()
            self._journal.stops += 1

    async def _stop_worker(self, rng: random.Random) -> None:
        workers, driven = self._servers.workers, await self._home.drives()
        if some := [each for each in workers if driven[self._home.owner(each.pid)]] or workers:
            worker = rng.choice(some)
            self._journal.worker_zombies += await self._stop(rng, worker, worker.pid) and worker.lives
            self._journal.worker_stops += 1

    async def _stop(self, rng: random.Random, process: Server | Found, pid: int) -> bool:
        """Stop a process and make it dead to the others; return whether they took its runs before it goes on."""
        owner, keeping = self._home.owner(pid), self._home.keeping
        process.signal(signal.SIGSTOP)
        try:
            driven = (await self._home.drives())[owner]
            keeping.release(owner)
            with anyio.move_on_after(keeping.longest_stop):
                while driven and (await self._home.drives())[owner]:
                    await anyio.sleep(0.02)
            await anyio.sleep(rng.uniform(0.02, 0.3))
            return bool(driven) and not (await self._home.drives())[owner]
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
