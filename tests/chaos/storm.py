"""One storm: people work through some processes on one database, which are killed, stopped and starved meanwhile.

Afterwards it is calm, and everything must come to its end.
"""

import json
import random
import resource
import signal
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import anyio

from tests.chaos.agents import SILENT, TALKING
from tests.chaos.journal import Journal
from tests.chaos.people import Person, Thread
from tests.chaos.servers import Home, Server, Servers

PATIENCE = 90.0
"""Seconds that one run may take once it is calm."""
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

    def __str__(self) -> str:
        return f"{self.processes} process{'es' if self.processes > 1 else ''}"


def home_in(path: Path, address: str) -> Home:
    """A directory with a project of all the agents."""
    config = path / "langgraph.json"
    agents = (*TALKING, *SILENT)
    config.write_text(json.dumps({"graphs": {name: f"tests.chaos.agents:{name}" for name in agents}}))
    # Its first line is what a full disk would cut off.
    (path / "effects").write_text("what was done\n")
    return Home(path, config, address)


class Storm:
    """One storm over one database."""

    def __init__(self, home: Home, size: Size, seed: str) -> None:
        self.home = home
        self.size = size
        self.journal = Journal()
        self._seed = seed
        self._servers = Servers(home, self.journal, size.processes, self._random("servers"))
        agents = (*TALKING, *SILENT)
        self.threads = [Thread(f"t{n}", agents[n % len(agents)]) for n in range(size.threads)]
        self._idle = list(self.threads)

    async def rage(self) -> None:
        """The storm, and the calm after it; the processes are gone when it ends."""
        async with anyio.create_task_group() as all_:
            for slot in range(self.size.processes):
                all_.start_soon(self._servers.keep, slot)
            async with anyio.create_task_group() as storm:
                for number in range(self.size.people):
                    storm.start_soon(self._live, number)
                storm.start_soon(self._disturb)
            await self._settle()
            self._servers.end()

    def _random(self, name: str) -> random.Random:
        return random.Random(f"{self._seed} {self.size} {name}")

    async def _disturb(self) -> None:
        """Everything that is to happen, and then peace."""
        async with anyio.create_task_group() as going_on:
            going_on.start_soon(self._kill)
            for name, number, seconds, act in (
                ("stops", self.size.stops, 0.3, self._stop),
                ("fills", self.size.disks, 0.7, self._fill),
                ("locks", self.size.disks, 0.9, self._lock),
            ):
                going_on.start_soon(self._now_and_then, name, number, seconds, act)
        self._servers.calm = True
        # Those that would still kill themselves.
        for server in self._servers.living:
            if server.armed:
                self._servers.kill(server)

    async def _now_and_then(
        self, name: str, number: int, seconds: float, act: Callable[[Server, random.Random], Awaitable[None]]
    ) -> None:
        rng = self._random(name)
        while getattr(self.journal, name) < number:
            await anyio.sleep(rng.expovariate(1 / seconds))
            if living := self._servers.living:
                await act(rng.choice(living), rng)

    async def _kill(self) -> None:
        """Now and then, measured by what people get done rather than by time; many kill themselves besides."""
        rng = self._random("kills")
        while self.journal.kills < self.size.kills:
            until = self.journal.steps + rng.expovariate(1 / _STEPS_BETWEEN_KILLS)
            with anyio.move_on_after(_LONGEST_LIFE):
                while self.journal.steps < until:
                    await anyio.sleep(0.02)
            await anyio.sleep(rng.uniform(0, 0.2))
            if (living := self._servers.living) and self.journal.kills < self.size.kills:
                server = rng.choice(living)
                if rng.random() < _POLITE:
                    await self._servers.see_off(server, rng.uniform(0, _SECONDS_TO_LEAVE))
                else:
                    self._servers.kill(server)

    async def _stop(self, server: Server, rng: random.Random) -> None:
        """Stop a process and make it dead to the others; when it goes on, they have taken its runs."""
        busy = [each for each in self._servers.living if self.home.drives(self.home.owner(each.born.pid))]
        server = rng.choice(busy or [server])
        owner = self.home.owner(server.born.pid)
        server.signal(signal.SIGSTOP)
        try:
            driven = self.home.drives(owner)
            self.home.release(owner)
            with anyio.move_on_after(_LONGEST_STOP):
                while self.home.drives(owner):
                    await anyio.sleep(0.02)
            await anyio.sleep(rng.uniform(0.02, 0.3))
            self.journal.zombies += bool(driven) and not self.home.drives(owner) and not server.ended.is_set()
        finally:
            server.signal(signal.SIGCONT)
        self.journal.stops += 1

    async def _fill(self, server: Server, rng: random.Random) -> None:
        """The process finds its disk full for a while."""
        try:
            before = resource.prlimit(server.born.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(server.born.pid, resource.RLIMIT_FSIZE, (1, before[1]))
            await anyio.sleep(rng.uniform(0.05, 1))
            resource.prlimit(server.born.pid, resource.RLIMIT_FSIZE, before)
        except ProcessLookupError:
            return
        self.journal.fills += 1

    async def _lock(self, server: Server, rng: random.Random) -> None:
        """Processes that start meanwhile may only read the database."""
        file = self.home.path / "state.db"
        if not file.exists():
            return
        file.chmod(stat.S_IRUSR)
        try:
            await anyio.sleep(rng.uniform(0.05, 0.6))
        finally:
            for each in self.home.path.glob("state.db*"):
                if each.is_file():
                    each.chmod(stat.S_IRUSR | stat.S_IWUSR)
        self.journal.locks += 1

    async def _live(self, number: int) -> None:
        rng = self._random(f"person {number}")
        person = Person(self._servers, self.journal, rng)
        while not self._servers.calm:
            thread = self._idle.pop(rng.randrange(len(self._idle)))
            await self._to_its_end(person, thread)
            self._idle.append(thread)

    async def _to_its_end(self, person: Person, thread: Thread) -> None:
        """Once it is calm, the run has only so long."""
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, scope)
                await person.converse(thread)
                tasks.cancel_scope.cancel()
        if scope.cancelled_caught:
            self.journal.broken[thread.thread_id] = "its last run did not come to its end"

    async def _watch(self, scope: anyio.CancelScope) -> None:
        while not self._servers.calm:
            await anyio.sleep(0.1)
        await anyio.sleep(PATIENCE)
        scope.cancel()

    async def _settle(self) -> None:
        """Each thread takes one more message, and what it asks is accepted."""
        used = [t for t in self.threads if t.turns and t.thread_id not in self.journal.broken]
        async with anyio.create_task_group() as tasks:
            for number in range(self.size.people):
                tasks.start_soon(self._take_input, used, self._random(f"settler {number}"))

    async def _take_input(self, threads: list[Thread], rng: random.Random) -> None:
        person = Person(self._servers, self.journal, rng)
        person.agreeable = True
        while threads:
            thread = threads.pop()
            why = "it did not finish one more run"
            with anyio.move_on_after(PATIENCE):
                run = await person.converse(thread, 1)
                why = "" if run["status"] == "success" else f"one more run ended with {run['status']}: {run}"
                why = why or await self._read(thread)
            if why:
                self.journal.broken[thread.thread_id] = why

    async def _read(self, thread: Thread) -> str:
        """What is wrong with its history."""
        values = (await self._servers.call("get_thread", thread_id=thread.thread_id, limit=1))["values"]
        messages = values.get("messages", [])
        called = [call["id"] for message in messages for call in message.get("tool_calls", [])]
        answered = [message["tool_call_id"] for message in messages if message["type"] == "tool"]
        return "" if sorted(called) == sorted(answered) else f"calls {called} have the results {answered}"
