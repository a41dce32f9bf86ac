"""Machines that tests make: folders of their own in place of a machine's, with real sockets in them."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from interrupt_mcp.presence.machine import Machine

ME = str(os.geteuid())


@dataclass(frozen=True)
class Made:
    """A Linux on which nothing is yet."""

    machine: Machine
    listen: Callable[[Path], Path]
    """Makes a socket there, and the folders that it is in."""

    @property
    def session(self) -> Path:
        """Where this user's session keeps its sockets."""
        return self.machine.users / ME


@pytest.fixture
def made() -> Iterator[Made]:
    # The path of a socket may have a hundred characters, which a test's own folder may exceed.
    root = Path(tempfile.mkdtemp(prefix="desk", dir="/tmp"))
    root.chmod(0o755)
    with ExitStack() as sockets:

        def listen(path: Path) -> Path:
            path.parent.mkdir(parents=True, exist_ok=True)
            sockets.enter_context(socket.socket(socket.AF_UNIX)).bind(str(path))
            return path

        yield Made(at(root), listen)
    shutil.rmtree(root)


def at(root: Path, platform: str = "linux") -> Machine:
    """A machine that has all it has in that folder."""
    return Machine(platform, root / "proc", root / "users", root / "x", root / "wslg", root / "console")
