"""Server processes that are killed, stopped, and replaced, and calls of theirs that may never be answered.

Each may have workers, and there may be workers that no server started.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from mcp import Client

from tests.chaos.journal import Journal
from tests.chaos.keeping import Away, Keeping, OnServer
from tests.chaos.victim import drawn
from tests.chaos.wire import Born, fork, over, wired
from tests.chaos.workers import Found, found
from tests.processes import kept_variables

_PATIENCE = 60.0
_ODDS = 0.6
"""How probable it is that a process will kill itself."""
_ODDS_OF_WORKERS = 0.4
_ODDS_OF_DEAFNESS = 0.3
_ODDS_OF_WRONG_CLOCK = 0.3


class Gone(Exception):
    """The process ended before it answered."""


class Refused(Exception):
    """The process answered with an error."""

    @property
    def code(self) -> str:
        return str(self).partition(":")[0]


@dataclass
class Server:
    """One process, and its client once there is one."""

    born: Born
    ended: anyio.Event = field(default_factory=anyio.Event)
    client: Client | None = None
    armed: bool = False
    """Whether it will kill itself."""
    arms: bool = False
    """Whether workers of it will."""
    doomed: bool = False
    """Whether chaos killed it, or told it to leave."""
    leaving: bool = False
    replaced: bool = False
    """Whether it is told to leave so that another version takes its place."""

    @property
    def ready(self) -> bool:
        """Whether it takes calls."""
        return self.client is not None and not self.ended.is_set()

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        assert self.client is not None
        try:
            result = await self.client.call_tool(tool, arguments)
        except Exception as error:
            with anyio.move_on_after(_PATIENCE):
                await self.ended.wait()
            if self.ended.is_set():
                raise Gone from error
            raise
        if result.is_error:
            raise Refused(result.content[0].text)  # type: ignore[union-attr]
        assert result.structured_content is not None
        return result.structured_content

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.born.pid, number)


@dataclass(frozen=True)
class Home:
    """A directory with one database, what the agents did, and what the processes say."""

    path: Path
    config: Path
    address: str
    keeping: Keeping

    @property
    def effects(self) -> Path:
        return self.path / "effects"

    def environ(self, slot: int, **more: str) -> dict[str, str]:
        here = {"HOME": str(self.path), "INTERRUPT_MCP_INBOX": "off", "CI": "true", **self.keeping.environ(slot)}
        ours = {"INTERRUPT_MCP_CONFIG": str(self.config), "EFFECTS": str(self.effects), "CHAOS": str(self.path)}
        return {**kept_variables(), **here, **ours, **more}

    def lines(self, name: str) -> int:
        """How many lines processes added to the file of that name."""
        file = self.path / name
        return len(file.read_text().splitlines()) if file.exists() else 0

    def owner(self, pid: int) -> str:
        """The name under which the process owns runs; empty where it never did."""
        file = self.path / f"{pid}.owner"
        return file.read_text() if file.exists() else ""

    async def drives(self) -> Counter[str]:
        """How many runs are in flight that each owner has."""
        in_flight = "SELECT owner FROM runs WHERE status IN ('pending', 'running')"
        with suppress(Away):
            rows = await anyio.to_thread.run_sync(self.keeping.rows, in_flight)
            return Counter(row["owner"] for row in rows)
        return Counter()


class Servers:
    """So many processes on one database, each replaced when it dies, until they are no longer wanted."""

    outlive_calls = False
    """Whether a process may live on, and do what it was asked, though whoever asked gave up."""

    def __init__(self, home: Home, journal: Journal, number: int, workers: int, rng: random.Random) -> None:
        """Each has so many workers."""
        self._home = home
        self._journal = journal
        self._rng = rng
        self._workers = workers
        self._slots: list[Server | None] = [None] * number
        self.calm = False
        """Whether new processes live until they are told to end."""
        self._over = False
        self._came = anyio.Event()

    @property
    def living(self) -> list[Server]:
        """All processes there are, those that just start too."""
        return [server for server in self._slots if server is not None and not server.doomed]

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The answer of any process.

        Raises:
            Gone, Refused
        """
        return await (await self.any(1))[0].call(tool, arguments)

    async def any(self, number: int) -> Sequence[Server]:
        """At most so many processes that take calls, in any order."""
        while not (ready := [s for s in self.living if s.ready]):
            await self._came.wait()
        return self._rng.sample(ready, min(number, len(ready)))

    async def keep(self, slot: int) -> None:
        """Have a process in this slot, one after another."""
        while not self._over:
            server = self._slots[slot] = await self._start(self._environ(slot))
            try:
                await self._serve(server)
            except BaseExceptionGroup as group:
                if not server.ended.is_set():
                    raise group from None
            finally:
                server.signal(signal.SIGKILL)
                self._slots[slot] = None
            if not self._over:
                self._died(server)

    async def keep_alone(self) -> None:
        """Have a worker that no server started, one after another."""
        while not self._over:
            environ = self._environ(0, ALONE="1")
            born = await anyio.to_thread.run_sync(fork, self._home.address, environ, self._home.path)
            await over(born)

    @property
    def killed_workers(self) -> int:
        """How many were killed, by others or by themselves."""
        return self._journal.worker_kills + self._home.lines("suicides")

    @property
    def workers(self) -> list[Found]:
        return found(self._home.path)

    def end(self) -> None:
        self._over = True
        for each in (*self.living, *self.workers):
            each.signal(signal.SIGKILL)

    def be_calm(self) -> None:
        """From here on no process kills itself; those that would are killed."""
        self.calm = True
        for server in self.living:
            if server.armed or server.arms:
                self.kill(server)
        for worker in self.workers:
            if not worker.parent:
                worker.signal(signal.SIGKILL)

    def kill(self, server: Server) -> None:
        server.doomed = True
        server.signal(signal.SIGKILL)

    async def see_off(self, server: Server, seconds: float) -> None:
        """Have the process leave by itself, in at most so many seconds, as where a person closes a window."""
        server.doomed = server.leaving = True
        server.signal(signal.SIGTERM)
        with anyio.move_on_after(seconds):
            await server.ended.wait()
        server.signal(signal.SIGKILL)

    async def _start(self, environ: dict[str, str]) -> Server:
        born = await anyio.to_thread.run_sync(fork, self._home.address, environ, self._home.path)
        return Server(born, armed="KILL_AT" in environ, arms="KILL_WORKERS" in environ)

    async def _serve(self, server: Server) -> None:
        try:
            async with Client(wired(server.born, server.ended)) as client:
                server.client = client
                self._come()
                await server.ended.wait()
        except Exception:
            # A process that is killed while its client greets it.
            with anyio.move_on_after(_PATIENCE):
                await server.ended.wait()
            if not server.ended.is_set():
                raise

    def _come(self) -> None:
        """Have those go on that wait for somebody who takes calls."""
        self._came.set()
        self._came = anyio.Event()

    def _died(self, server: Server) -> None:
        if server.replaced:
            self._journal.replaced += 1
        elif server.leaving:
            self._journal.leaves += 1
        elif server.doomed or server.armed:
            self._journal.kills += 1
        else:
            self._journal.odd.append(f"process {server.born.pid} ended by itself")

    def _environ(self, slot: int, **more: str) -> dict[str, str]:
        on_server = isinstance(self._home.keeping, OnServer)
        if not self.calm and (at := drawn(_ODDS, self._rng, within=on_server)):
            more["KILL_AT"] = at
        if on_server and self._rng.random() < _ODDS_OF_DEAFNESS:
            more["DEAF"] = str(self._rng.choice([0.5, 1]))
            self._journal.kinds["deaf"] += 1
        if self._workers:
            more["INTERRUPT_MCP_WORKERS"] = str(self._workers)
            if not self.calm:
                more["KILL_WORKERS"] = str(_ODDS_OF_WORKERS)
        if self._rng.random() < _ODDS_OF_WRONG_CLOCK:
            more["CLOCK"] = str(self._rng.uniform(-3600, 3600))
            self._journal.kinds["wrong clock"] += 1
        return self._home.environ(slot, **more)
