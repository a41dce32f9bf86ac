"""A doorbell: the port on loopback at which a process hears that it should look again.

Each process tells the others, in a file, its port and which project it serves. A datagram says nothing but `look`: who
rings falsely makes a process look once in vain, and a process without a doorbell only notices later.
"""

import logging
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import anyio
from anyio.abc import TaskGroup, UDPSocket

from interrupt_mcp.peers import telling

log = logging.getLogger(__name__)
_SUFFIX = ".bell"
_NO_PORT = 0
_TICK_NS = 1_000_000_000
"""Longer than any file system that has locks goes without a new time for what is changed."""
_SECONDS = 1.0
"""How long the bells that were read are gone by: some file systems, as FAT, give a directory no new time at all."""


class _Bell(NamedTuple):
    """Where a process can be rung, and what it serves."""

    owner: str
    port: int
    """`_NO_PORT` where it cannot be rung."""
    project: str
    """Empty where it serves none."""


class Doorbell:
    """This process's doorbell, and those of the others in the same directory."""

    def __init__(self, directory: Path, owner: str) -> None:
        self._directory = directory
        self._own = directory / f"{owner}{_SUFFIX}"
        self._ringer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._ringer.setblocking(False)
        self._rung = anyio.Event()
        self._port = _NO_PORT
        self._bells: list[_Bell] = []
        self._bells_of: int | None = None
        """When the directory was last changed as its bells were read, in nanoseconds; None: read them again."""
        self._bells_until = 0.0
        """When they are read again in any case, on the clock that only goes forward."""

    async def listen(self, tasks: TaskGroup) -> None:
        """Hear who rings, in one of the tasks, until they are cancelled. Without a free port, log that and go on.

        Raises:
            OSError: the file for the others cannot be written.
        """
        try:
            bell = await anyio.create_udp_socket(family=socket.AF_INET, local_host="127.0.0.1")
        except OSError as error:
            log.warning("no doorbell, changes in other processes are noticed a little later: %s", error)
            return
        try:
            self._port = int(bell.extra(anyio.abc.SocketAttribute.local_port))
            self.tell("")
        except OSError:
            await bell.aclose()
            raise
        tasks.start_soon(self._hear, bell)

    def tell(self, project: str) -> None:
        """Tell the others which project this process serves; an empty one is none.

        Raises:
            OSError: the file for the others cannot be written.
        """
        telling.tell(self._own, f"{self._port} {project}")

    async def wait(self, seconds: float) -> None:
        """Wait until somebody rings, at most so long. Who rang since the last call counts."""
        with anyio.move_on_after(seconds):
            await self._rung.wait()
        self._rung = anyio.Event()

    def rung(self) -> None:
        """Count as rung."""
        self._rung.set()

    def ring(self) -> None:
        """Have all others look again."""
        for bell in self._others():
            try:
                if bell.port:
                    self._ringer.sendto(b"look", ("127.0.0.1", bell.port))
            except (OSError, OverflowError) as error:
                log.debug("the doorbell of %s does not work: %s", bell.owner, error)

    def serving(self, project: str) -> list[str]:
        """Return the other owners that said they serve the project; one that died may be among them."""
        return [bell.owner for bell in self._others() if bell.project == project]

    def close(self, *, rings: bool = True) -> None:
        """Remove the file for the others, and ring a last time."""
        if rings:
            with suppress(OSError):
                telling.take_back(self._own)
            self.ring()
        self._ringer.close()

    def _others(self) -> list[_Bell]:
        """Return the bells of the others, read again after one came or went: each change of a run rings them."""
        with suppress(OSError):
            changed = self._directory.stat().st_mtime_ns
            if changed != self._bells_of or time.monotonic() > self._bells_until:
                self._bells = [bell for bell in _bells(self._directory) if bell.owner != self._own.stem]
                # A directory that was changed just now may be changed once more and keep the same time.
                self._bells_of = changed if time.time_ns() - changed > _TICK_NS else None
                self._bells_until = time.monotonic() + _SECONDS
        return self._bells

    async def _hear(self, bell: UDPSocket) -> None:
        async with bell:
            async for _packet in bell:
                self._rung.set()


def serving(directory: Path, project: str) -> list[str]:
    """Return the owners that said they serve the project; one that died may be among them."""
    return [bell.owner for bell in _bells(directory) if bell.project == project]


def _bells(directory: Path) -> list[_Bell]:
    return [_read(path) for path in directory.glob(f"*{_SUFFIX}")]


def _read(path: Path) -> _Bell:
    """Return the bell in the file. One whose file is just being removed has neither port nor project."""
    try:
        port, _, project = path.read_text(encoding="utf-8").partition(" ")
        return _Bell(path.stem, int(port), project)
    except (OSError, ValueError):
        return _Bell(path.stem, _NO_PORT, "")
