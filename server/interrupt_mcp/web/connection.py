"""Whose process is at the other end of a connection on loopback, where the system tells.

It knows Linux's tables of connections, and no HTTP.
"""

import os
import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ROOT = 0
_LOOKS = 2
_LOCAL, _REMOTE, _UID, _INODE = 1, 2, 7, 9
_NOBODYS = "0"
"""The inode of an end that no process holds any more. The table says root of whose it is."""


def is_nobody_of_ours(scope: Mapping[str, Any]) -> bool:
    """Whether a request comes from a process of another user of this machine, other than root, or from none any more.

    Whoever sends something and leaves at once cannot be told from another user. Where the system does not tell whose
    connections are, nobody is.
    """
    if sys.platform != "linux" or not scope.get("server"):
        return False
    if not scope.get("client"):
        return True
    client, server = _written(scope["client"]), _written(scope["server"])
    known = False
    # A table that changes while it is read may leave out a connection that is there.
    for _ in range(_LOOKS):
        for local, remote, user in _connections(server[1]):
            known = known or local == server
            if (local, remote) == (client, server):
                return user not in (os.geteuid(), _ROOT)
    return known


def _connections(port: int) -> Iterator[tuple[tuple[str, int], tuple[str, int], int | None]]:
    """Yield the two ends of each connection of that port, and whose the first of them is, where it is somebody's."""
    at_port = f":{port:04X} "
    for table in _TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            if at_port not in line:
                continue
            parts = line.split()
            user = None if parts[_INODE] == _NOBODYS else int(parts[_UID])
            yield _end(parts[_LOCAL]), _end(parts[_REMOTE]), user


def _end(written: str) -> tuple[str, int]:
    """Return address and port of one end, as the tables write it: in hexadecimal, words in this machine's order."""
    address, _, port = written.partition(":")
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    packed = b"".join(struct.pack("=I", word) for word in words)
    return _plain(socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)), int(port, 16)


def _written(end: tuple[str, int]) -> tuple[str, int]:
    return _plain(str(end[0])), int(end[1])


def _plain(address: str) -> str:
    """Return an IPv4 address as such, also where it is written within IPv6."""
    return address.removeprefix("::ffff:")
