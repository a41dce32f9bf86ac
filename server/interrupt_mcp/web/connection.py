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
_LOCAL, _UID = 1, 7
_REMOTE = 2


def belongs_to_another(scope: Mapping[str, Any]) -> bool:
    """Whether a request comes from a process of another user of this machine, but not from root's.

    Where the system does not tell, it does not.
    """
    if sys.platform != "linux" or not scope.get("client") or not scope.get("server"):
        return False
    client, server = _written(scope["client"]), _written(scope["server"])
    users = {user for local, remote, user in _connections() if (local, remote) == (client, server)}
    return not users <= {os.geteuid(), _ROOT}


def _connections() -> Iterator[tuple[tuple[str, int], tuple[str, int], int]]:
    """Yield the two ends of each connection of this machine, and whose the first of them is."""
    for table in _TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            parts = line.split()
            yield _end(parts[_LOCAL]), _end(parts[_REMOTE]), int(parts[_UID])


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
