"""Worker processes as chaos finds them: each puts itself down in a folder, and is known by when it began besides.

A number alone may be another process's by the time somebody sends it a signal.
"""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUFFIX = ".worker"


@dataclass(frozen=True)
class Found:
    """A worker process that was started."""

    pid: int
    parent: int
    """The server that started it; 0 where it is alone."""
    began: str

    @property
    def lives(self) -> bool:
        return _began(self.pid) == self.began

    def signal(self, number: signal.Signals) -> None:
        if self.lives:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def put_down(folder: Path, parent: int) -> None:
    """Have this process be found in the folder."""
    # A link can be made where the disk is full.
    file = folder / f"{os.getpid()}{_SUFFIX}"
    file.unlink(missing_ok=True)
    file.symlink_to(f"{parent} {_began(os.getpid())}")


def found(folder: Path) -> list[Found]:
    """The workers that live; those that do not are forgotten."""
    living = []
    for file in folder.glob(f"*{_SUFFIX}"):
        parent, _, began = os.readlink(file).partition(" ")
        one = Found(int(file.stem), int(parent), began)
        if one.lives:
            living.append(one)
        else:
            file.unlink()
    return sorted(living, key=lambda each: each.pid)


def _began(pid: int) -> str:
    """When the process began, in the system's own units; empty where there is none, or it has ended."""
    try:
        # The name in the brackets may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
