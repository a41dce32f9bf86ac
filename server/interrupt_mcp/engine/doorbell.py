"""How processes that share a database wake each other: a datagram on loopback that says nothing but `look again`.

A process without a doorbell is only slower to notice. Whoever rings falsely makes a process look once in vain.
"""

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

import anyio
from anyio.abc import TaskGroup, UDPSocket

log = logging.getLogger(__name__)
_SUFFIX = ".bell"


class Doorbell:
    """This process's doorbell, and those of the others in the same directory."""

    def __init__(self, directory: Path, owner: str) -> None:
        self._directory = directory
        self._own = directory / f"{owner}{_SUFFIX}"
        self._ringer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._ringer.setblocking(False)

    async def listen(self, tasks: TaskGroup, rung: Callable[[], None]) -> None:
        """Call `rung` whenever somebody rings, until the tasks are cancelled."""
        try:
            bell = await anyio.create_udp_socket(family=socket.AF_INET, local_host="127.0.0.1")
            port = bell.extra(anyio.abc.SocketAttribute.local_port)
            self._own.write_text(str(port))
        except OSError as error:
            log.warning("no doorbell, other processes are noticed a little later: %s", error)
            return
        tasks.start_soon(_hear, bell, rung)

    def ring(self) -> None:
        """Wake all others."""
        for path in self._directory.glob(f"*{_SUFFIX}"):
            if path != self._own:
                self._ring_one(path)

    def remove(self, owner: str | None = None) -> None:
        """Take down this process's doorbell, or that of a dead one."""
        path = self._own if owner is None else self._directory / f"{os.path.basename(owner)}{_SUFFIX}"
        path.unlink(missing_ok=True)
        if owner is None:
            self._ringer.close()

    def _ring_one(self, path: Path) -> None:
        try:
            self._ringer.sendto(b"look", ("127.0.0.1", int(path.read_text())))
        except (OSError, ValueError, OverflowError):
            log.debug("the doorbell %s does not work", path.name)


async def _hear(bell: UDPSocket, rung: Callable[[], None]) -> None:
    async with bell:
        async for _packet in bell:
            rung()
