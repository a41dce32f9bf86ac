"""The processes that share a database of a PostgreSQL server's, on whatever machines: a lease in it tells who lives.

A thread of its own keeps the lease, so that an agent that blocks this process's event loop does not make it look dead.
That thread also hears who rings.
"""

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NoReturn

import anyio
import anyio.to_thread

from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.peers.pages import PagesOf
from interrupt_mcp.peers.port import Look
from interrupt_mcp.store.port.leases import Lease, Leases

log = logging.getLogger(__name__)
_BEATS = 4
"""How often the lease is held anew in the time for which it counts."""
_WATCH_SECONDS = 2.0
"""How often a process looks without having been woken: who rang may not be heard."""
_PAUSE_SECONDS = 0.02
"""Between two looks, so that one look serves for many that ring at once."""
_REST = 3.0
"""How much longer than a look took it is at least until the next one."""
_AGAIN_SECONDS = 0.5
_LEAVING_SECONDS = 1.0


class Heart:
    """Keeps this process's lease, and knows those of the others."""

    def __init__(self, leases: Leases, project: str, seconds: float, rung: Callable[[], None]) -> None:
        """A process is alive for so many seconds after it last said so.

        `rung` is told, on this heart's thread, that another process rang.
        """
        self.name = uuid.uuid4().hex
        self._leases = leases
        self._project = project
        self._seconds = seconds
        self._rung = rung
        self._serves = False
        self._standing: Mapping[str, Lease] = {}
        self._missed: frozenset[str] = frozenset()
        """Owners that were asked about and had no lease, since the leases were read last."""
        self._gone: frozenset[str] = frozenset()
        self._dead: frozenset[str] = frozenset()
        """Owners whose leases had lapsed when they were read last."""
        self._steady_since = 0.0
        """Since when the lease was held without a gap: before, the others may have had no chance to hold theirs."""
        self._held_until = 0.0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="interrupt-mcp-lease", daemon=True)

    def begin(self) -> None:
        """Be alive to all others from now on.

        Raises:
            Unavailable: the database cannot be used.
        """
        self._hold()
        self._thread.start()

    def end(self) -> None:
        """Be dead to all others."""
        self._ends.set()
        # It waits for who rings, and so is rung; and the others are woken to take up what this process leaves.
        self._leases.ring("")
        self._thread.join(_LEAVING_SECONDS)
        if not self._thread.is_alive():
            with suppress(Error):
                self._leases.release(self.name)
            self._leases.close()
            self._leases.ring(self.name)

    def lives(self, owner: str) -> bool:
        """Whether the process of that name lives, as far as is known; one that just came is not known yet."""
        found = self._standing.get(owner)
        if found is not None:
            return found.lives or time.monotonic() < self._steady_since + self._seconds
        if owner in self._gone:
            return False
        self._missed |= {owner}
        return True

    def serve(self, serves: bool) -> None:
        """Have the others know, from the next beat on, whether this process serves its project."""
        self._serves = serves

    def served_elsewhere(self) -> bool:
        """Whether another process that lives serves the project."""
        return any(
            lease.serves == self._project and lease.lives for name, lease in self._standing.items() if name != self.name
        )

    def _hold(self) -> bool:
        """Hold the lease, and read all; return whether one died since, or is gone that was asked about."""
        missed, self._missed = self._missed, frozenset()
        asked = time.monotonic()
        self._standing = self._leases.hold(self.name, self._project, self._seconds, serves=self._serves)
        self._gone = (self._gone | missed) - self._standing.keys()
        if asked > self._held_until:
            self._steady_since = asked
        self._held_until = asked + self._seconds
        dead = frozenset(name for name in self._standing if not self.lives(name))
        died, self._dead = dead - self._dead, dead
        return bool(died) or not missed <= self._standing.keys()

    def _beat(self) -> None:
        next_beat, told = time.monotonic() + self._seconds / _BEATS, False
        while not self._ends.is_set():
            try:
                if self._leases.heard(self.name, max(0.0, next_beat - time.monotonic())):
                    self._rung()
                if time.monotonic() >= next_beat or self._missed:
                    next_beat = time.monotonic() + self._seconds / _BEATS
                    if self._hold():
                        self._rung()
                told = False
            except Unavailable as error:
                if not told:
                    log.error("%s", error)
                told, next_beat = True, 0.0
                self._ends.wait(_AGAIN_SECONDS)


class PostgresPeers:
    """The other processes on the same database, as one that serves, or could serve, a project sees them."""

    def __init__(self, heart: Heart, leases: Leases, beside: Path, project: str, *, rings: bool) -> None:
        self._heart = heart
        self._leases = leases
        self._rings = rings
        self._bell = anyio.Event()
        self._failing = False
        self.pages = PagesOf(beside, project)

    @property
    def name(self) -> str:
        """The name under which this process owns runs."""
        return self._heart.name

    def lives_elsewhere(self, owner: str) -> bool:
        """Whether the owner is another process, which lives."""
        return owner not in ("", self.name) and self._heart.lives(owner)

    def served_elsewhere(self) -> bool:
        """Whether another process that lives serves the project."""
        return self._heart.served_elsewhere()

    def serve(self) -> None:
        """Tell the others that this process serves its project."""
        self._heart.serve(True)

    def leave(self) -> None:
        """Tell the others that this process serves its project no longer."""
        self._heart.serve(False)

    def wake(self) -> None:
        """Ring at all others, so that they look again."""
        if self._rings:
            self._leases.ring(self.name)

    def look_soon(self) -> None:
        """Have `watch` look again, as if somebody had rung."""
        self._bell.set()

    async def look(self, look: Look) -> None:
        """Look once; that it fails is logged, once for each time that the database is away."""
        try:
            await look()
            self._failing = False
        except (OSError, Error) as error:
            if not self._failing:
                log.error("%s", error)
            self._failing = True

    async def watch(self, look: Look) -> NoReturn:
        """Look whenever another process rings, and every other second."""
        while True:
            with anyio.move_on_after(_WATCH_SECONDS):
                await self._bell.wait()
            self._bell = anyio.Event()
            began = anyio.current_time()
            await self.look(look)
            await anyio.sleep(max(_PAUSE_SECONDS, _REST * (anyio.current_time() - began)))


@asynccontextmanager
async def joined(
    leases: Leases, seconds: float, beside: Path, project: str, *, rings: bool = True
) -> AsyncIterator[PostgresPeers]:
    """Be one of the processes that share the database, within this context, by leases for so many seconds.

    `beside` is the folder of this machine's files about the database. One that does not ring is told by another
    process when to look. In the end this process is dead to the others, who are woken to take up its runs.

    Raises:
        Unavailable: the database cannot be used.
    """
    loop = asyncio.get_running_loop()

    def rung() -> None:
        # The loop may have ended.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(peers.look_soon)

    heart = Heart(leases, project, seconds, rung if rings else _nobody_hears)
    peers = PostgresPeers(heart, leases, beside, project, rings=rings)
    await anyio.to_thread.run_sync(heart.begin)
    try:
        yield peers
    finally:
        peers.pages.leave()
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(heart.end)


def _nobody_hears() -> None:
    pass
