"""The processes above this one: which programs they are. It does not know what follows from that.

What cannot be told, because a process ended meanwhile or nobody may look, counts as no process.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from itertools import islice

from interrupt_mcp.presence.machine import Machine

_MOST = 100
"""Generations that are looked at."""
_SECONDS = 2.0
"""For `ps`, where processes are no files."""
_LARGEST = 1_000_000
"""Lines of `ps` that are read."""


def ancestors(machine: Machine) -> Iterator[str]:
    """Return the names of the programs above this process, its parent's first; on Windows none."""
    match machine.platform:
        case "win32":
            return iter(())
        case "linux":
            return islice(_in_files(machine), _MOST)
        case _:
            return islice(_in_table(_table()), _MOST)


def _in_files(machine: Machine) -> Iterator[str]:
    pid = os.getppid()
    while pid > 0:
        try:
            line = (machine.processes / str(pid) / "stat").read_text("utf-8", "replace")
            # A name may have spaces and brackets in it: what follows it begins behind the last bracket.
            before, _, after = line.rpartition(")")
            pid = int(after.split()[1])
        except (OSError, ValueError, IndexError):
            return
        yield before.partition("(")[2]


def _in_table(table: Mapping[int, tuple[int, str]]) -> Iterator[str]:
    pid = os.getppid()
    while pid > 0 and pid in table:
        pid, name = table[pid]
        yield name


def _table() -> dict[int, tuple[int, str]]:
    """Return the parent and the name of each process."""
    try:
        told = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid=,comm="],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    lines = (line.split(None, 2) for line in islice(told.stdout.splitlines(), _LARGEST))
    whole = (line for line in lines if len(line) == 3 and line[0].isdecimal() and line[1].isdecimal())
    return {int(pid): (int(parent), _name(command)) for pid, parent, command in whole}


def _name(command: str) -> str:
    """Return the name of a program that is told by its path, or by what it calls itself, like `sshd: user@ttys0`."""
    return os.path.basename(command.partition(":")[0])
