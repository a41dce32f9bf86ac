"""The processes of one machine that share a database file: a lock file tells who lives, a datagram wakes.

Their files are in a directory beside the database.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.peers.doorbell import Doorbell, serving
from interrupt_mcp.peers.owner import Owner, alive, beside
from interrupt_mcp.peers.pages import PagesOf
from interrupt_mcp.peers.port import Look

log = logging.getLogger(__name__)
_WATCH_SECONDS = 1.0
"""How often a process looks without having been woken: another one may have died. A look is one indexed read."""
_PAUSE_SECONDS = 0.02
"""Between two looks, so that one look serves for many that ring at once."""


class LocalPeers:
    """The other processes on the same database file, as one that serves, or could serve, a project sees them."""

    def __init__(self, owner: Owner, doorbell: Doorbell, directory: Path, project: str) -> None:
        """`directory` is where all of them keep their files."""
        self._owner = owner
        self._doorbell = doorbell
        self._directory = directory
        self._project = project
        self.pages = PagesOf(directory, project)

    @property
    def name(self) -> str:
        """The name under which this process owns runs."""
        return self._owner.name

    def lives_elsewhere(self, owner: str) -> bool:
        """Whether the owner is another process, which lives."""
        return owner != self._owner.name and self._owner.alive(owner)

    def served_elsewhere(self) -> bool:
        """Whether another process that lives serves the project."""
        return any(self._owner.alive(name) for name in self._doorbell.serving(self._project))

    def serve(self) -> None:
        """Tell the others that this process serves its project.

        Raises:
            Unavailable: its file in the directory cannot be written.
        """
        with _writing(self._directory):
            self._doorbell.tell(self._project)

    def leave(self) -> None:
        """Tell the others that this process serves its project no longer."""
        with suppress(OSError):
            self._doorbell.tell("")

    def wake(self) -> None:
        """Ring at all others, so that they look again."""
        self._doorbell.ring()

    def look_soon(self) -> None:
        """Have `watch` look again, as if somebody had rung."""
        self._doorbell.rung()

    async def look(self, look: Look) -> None:
        """Look once, alive to all others; what fails is logged."""
        try:
            # Whoever removed the lock file made this process dead to all others.
            self._owner.hold()
            await look()
        except (OSError, Error) as error:
            log.error("%s", error)

    async def watch(self, look: Look) -> NoReturn:
        """Look whenever another process rings, and once a second."""
        while True:
            await self._doorbell.wait(_WATCH_SECONDS)
            await self.look(look)
            await anyio.sleep(_PAUSE_SECONDS)


@asynccontextmanager
async def joined(database: Path, project: str, tasks: TaskGroup, *, rings: bool = True) -> AsyncIterator[LocalPeers]:
    """Be one of the processes that share the database, within this context; one of `tasks` hears who rings.

    One that does not ring is not rung either: another process tells it when to look, and rings for it. In the end this
    process is dead to the others, who are woken to take up its runs.

    Raises:
        Unavailable: the directory beside the database cannot be used.
    """
    directory = beside(database)
    owner = Owner(directory)
    doorbell = Doorbell(directory, owner.name)
    try:
        with _writing(directory):
            owner.hold()
            owner.clear()
            if rings:
                await doorbell.listen(tasks)
        peers = LocalPeers(owner, doorbell, directory, project)
        try:
            yield peers
        finally:
            peers.pages.leave()
    finally:
        owner.release()
        doorbell.close(rings=rings)


def pages_address(database: Path, project: str) -> str:
    """Return where people find the project's pages, if there are any. To ask, a process need not have joined."""
    return pages_of(database, project).url


def pages_of(database: Path, project: str) -> PagesOf:
    """Return who serves the project's pages, to a process that need not have joined, and serves none."""
    return PagesOf(beside(database), project)


def living(database: Path, project: str) -> list[str]:
    """Return the owners that live and serve the project. To ask, a process need not have joined."""
    directory = beside(database)
    return [name for name in serving(directory, project) if alive(directory, name)]


def goes_on(database: Path, project: str, owner: str) -> bool:
    """Whether a process that lives goes on with the owner's runs: it is that owner, or it serves the project.

    To ask, a process need not have joined.
    """
    directory = beside(database)
    return any(alive(directory, name) for name in (owner, *serving(directory, project)))


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """
    Raises:
        Unavailable: no files can be written there.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{directory} cannot be written: {error}") from error
