"""Server processes that are killed, stopped, and replaced, and calls of theirs that may never be answered.

Each may have workers, and there may be workers that no server started.
"""

import os
import random
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from tests.chaos.journal import Journal
from tests.chaos.victim import drawn
from tests.chaos.wire import Born, fork, over, wired
from tests.chaos.workers import Found, found
from tests.processes import surroundings

_PATIENCE = 60.0
_ODDS = 0.6
"""How probable it is that a process will kill itself."""
_ODDS_OF_WORKERS = 0.4


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

    @property
    def effects(self) -> Path:
        return self.path / "effects"

    def environ(self, **more: str) -> dict[str, str]:
        return surroundings(
            self.path, INTERRUPT_MCP_CONFIG=str(self.config), EFFECTS=str(self.effects), CHAOS=str(self.path), **more
        )

    def lines(self, name: str) -> int:
        """How many lines processes added to the file of that name."""
        file = self.path / name
        return len(file.read_text().splitlines()) if file.exists() else 0

    def owner(self, pid: int) -> str:
        """The name under which the process owns runs; empty where it never did."""
        file = self.path / f"{pid}.owner"
        return file.read_text() if file.exists() else ""

    def release(self, owner: str) -> None:
        """Make the owner dead to all others, whether it is or not."""
        with suppress(OSError):
            (self.path / "state.db-owners" / f"{owner}.lock").unlink()

    def drives(self, owner: str) -> int:
        """How many runs are in flight that this owner has."""
        in_flight = "SELECT count(*) FROM runs WHERE owner = ? AND status IN ('pending', 'running')"
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{self.path}/state.db?mode=ro", uri=True)) as found:
            return int(found.execute(in_flight, (owner,)).fetchone()[0])
        return 0


class Servers:
    """So many processes on one database, each replaced when it dies, until they are no longer wanted."""

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
        while not (ready := [s for s in self.living if s.client is not None and not s.ended.is_set()]):
            await self._came.wait()
        return self._rng.sample(ready, min(number, len(ready)))

    async def keep(self, slot: int) -> None:
        """Have a process in this slot, one after another."""
        while not self._over:
            environ = self._environ()
            born = await anyio.to_thread.run_sync(fork, self._home.address, environ, self._home.path)
            server = self._slots[slot] = Server(born, armed="KILL_AT" in environ, arms="KILL_WORKERS" in environ)
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
            environ = self._environ(ALONE="1")
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

    async def _serve(self, server: Server) -> None:
        try:
            async with Client(wired(server.born, server.ended)) as client:
                server.client = client
                self._came.set()
                self._came = anyio.Event()
                await server.ended.wait()
        except Exception:
            # A process that is killed while its client greets it.
            with anyio.move_on_after(_PATIENCE):
                await server.ended.wait()
            if not server.ended.is_set():
                raise

    def _died(self, server: Server) -> None:
        if server.leaving:
            self._journal.leaves += 1
        elif server.doomed or server.armed:
            self._journal.kills += 1
        else:
            self._journal.odd.append(f"process {server.born.pid} ended by itself")

    def _environ(self, **more: str) -> dict[str, str]:
        if not self.calm and (at := drawn(_ODDS, self._rng)):
            more["KILL_AT"] = at
        if self._workers:
            more["INTERRUPT_MCP_WORKERS"] = str(self._workers)
            if not self.calm:
                more["KILL_WORKERS"] = str(_ODDS_OF_WORKERS)
        if self._rng.random() < 0.3:
            more["CLOCK"] = str(self._rng.uniform(-3600, 3600))
        return self._home.environ(**more)
