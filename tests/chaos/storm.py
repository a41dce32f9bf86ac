"""One storm: people work through some processes on one database, which are killed, stopped and starved meanwhile.

Afterwards it is calm, and everything must come to its end.
"""

import json
import random
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from tests.chaos.agents import SILENT, TALKING
from tests.chaos.disturbance import Disturbance
from tests.chaos.journal import Journal
from tests.chaos.keeping import Keeping, OnServer
from tests.chaos.people import Person, Thread
from tests.chaos.replicas import Replicas
from tests.chaos.servers import Home, Servers
from tests.chaos.sizes import Size

_HERD = 50
_SECONDS_BETWEEN_HERDS = 3.0
PATIENCE = 90.0
"""Seconds that one run may take once it is calm."""


def home_in(path: Path, address: str, keeping: Keeping) -> Home:
    """A directory with a project of all the agents."""
    config = path / "langgraph.json"
    agents = (*TALKING, *SILENT)
    config.write_text(json.dumps({"graphs": {name: f"tests.chaos.agents:{name}" for name in agents}}))
    # Its first line is what a full disk would cut off.
    (path / "effects").write_text("what was done\n")
    return Home(path, config, address, keeping)


class Storm:
    """One storm over one database."""

    def __init__(self, home: Home, size: Size, seed: str) -> None:
        self.home = home
        self.size = size
        self.journal = Journal()
        self._seed = seed
        rng = self._random("servers")
        self.servers = (
            Replicas(home, self.journal, size.processes, rng)
            if size.http
            else Servers(home, self.journal, size.processes, size.workers, rng)
        )
        agents = (*TALKING, *SILENT)
        self.threads = [Thread(f"t{n}", agents[n % len(agents)]) for n in range(size.threads)]
        self._idle = list(self.threads)

    async def rage(self) -> None:
        """The storm, and the calm after it; the processes are gone when it ends."""
        async with anyio.create_task_group() as all_:
            for slot in range(self.size.processes):
                all_.start_soon(self.servers.keep, slot)
            for _ in range(self.size.alone):
                all_.start_soon(self.servers.keep_alone)
            async with anyio.create_task_group() as storm:
                for number in range(self.size.people):
                    storm.start_soon(self._live, number)
                storm.start_soon(self._rush)
                storm.start_soon(Disturbance(self.home, self.size, self.journal, self.servers, self._random).rage)
            await self._settle()
            await self._check_leases()
            self.servers.end()

    def _random(self, name: str) -> random.Random:
        return random.Random(f"{self._seed} {self.size} {name}")

    async def _live(self, number: int) -> None:
        rng = self._random(f"person {number}")
        person = Person(self.servers, self.journal, rng, self.size.races)
        while not self.servers.calm:
            thread = self._idle.pop(rng.randrange(len(self._idle)))
            await self._to_its_end(partial(person.converse, thread), thread)
            self._idle.append(thread)

    async def _rush(self) -> None:
        """The same start many times at once, now and then, each on a thread of its own."""
        rng = self._random("herds")
        for number in range(self.size.herds):
            await anyio.sleep(rng.expovariate(1 / _SECONDS_BETWEEN_HERDS))
            thread = Thread(f"h{number}", rng.choice((*TALKING, *SILENT)))
            person = Person(self.servers, self.journal, rng)
            await self._to_its_end(partial(person.rush, thread, _HERD), thread)
            self.threads.append(thread)

    async def _to_its_end(self, converse: Callable[[], Awaitable[object]], thread: Thread) -> None:
        """Once it is calm, the run has only so long."""
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, scope)
                await converse()
                tasks.cancel_scope.cancel()
        if scope.cancelled_caught:
            self.journal.broken[thread.thread_id] = "its last run did not come to its end"

    async def _watch(self, scope: anyio.CancelScope) -> None:
        while not self.servers.calm:
            await anyio.sleep(0.1)
        await anyio.sleep(PATIENCE)
        scope.cancel()

    async def _check_leases(self) -> None:
        """No process that lives is dead to the others."""
        if isinstance(self.home.keeping, OnServer):
            leased = await anyio.to_thread.run_sync(self.home.keeping.living)
            for server in self.servers.living:
                if server.ready and self.home.owner(server.born.pid) not in leased:
                    self.journal.odd.append(f"process {server.born.pid} lives, and lost its lease")

    async def _settle(self) -> None:
        """Each thread takes one more message, and what it asks is accepted."""
        used = [t for t in self.threads if t.turns and t.thread_id not in self.journal.broken]
        async with anyio.create_task_group() as tasks:
            for number in range(self.size.people):
                tasks.start_soon(self._take_input, used, self._random(f"settler {number}"))

    async def _take_input(self, threads: list[Thread], rng: random.Random) -> None:
        person = Person(self.servers, self.journal, rng)
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
        values = (await self.servers.call("get_thread", thread_id=thread.thread_id, limit=1))["values"]
        messages = values.get("messages", [])
        called = [call["id"] for message in messages for call in message.get("tool_calls", [])]
        answered = [message["tool_call_id"] for message in messages if message["type"] == "tool"]
        return "" if sorted(called) == sorted(answered) else f"calls {called} have the results {answered}"
