"""The wire: standard input and output, kept for the protocol while all other code in the process prints to stderr.

It does not know what is read or written there.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Wire:
    """File descriptors that no other code in the process, and no child process, has."""

    input: int
    """Of what was standard input."""
    output: int
    """Of what was standard output."""


def take() -> Wire:
    """Take standard input and output away from all other code, for as long as the process lives.

    Others read nothing, and what they print goes to stderr: by `print`, flushed or not, by descriptor, or from a
    child process. Nothing is ever given back, since buffers are flushed as late as at the end of the interpreter.
    """
    for standard in (0, 1, 2):
        try:
            os.fstat(standard)
        except OSError:
            # The lowest free descriptor is the next to be given out: a database might be opened as standard output.
            os.open(os.devnull, os.O_RDWR)
    wire = Wire(_blocking(os.dup(0)), _blocking(os.dup(1)))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    _tell_windows()
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        # Code that kept this object prints to stderr too, and line by line, since the process may end without a flush.
        # What its encoding has not, as Windows' have little, must not raise in a tool that prints it.
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
        sys.stdout.flush()
    sys.stdout = sys.stderr
    return wire


@contextmanager
def printing() -> Iterator[TextIO]:
    """Give what was standard output, as a text file; all other code prints to stderr, to the end of the process."""
    encoding = sys.stdout.encoding if sys.stdout is not None else "utf-8"
    with open(take().output, "w", encoding=encoding) as out:
        yield out


def _blocking(descriptor: int) -> int:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(descriptor, os.O_BINARY)
    else:
        # A process that shares the pipe may have made it non-blocking: then reading nothing looks like the end.
        os.set_blocking(descriptor, True)
    return descriptor


def _tell_windows() -> None:
    """Set the standard handles, which child processes inherit there: a changed descriptor does not change them."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt
        from ctypes import wintypes

        for descriptor, name in ((0, -10), (1, -11)):
            handle = wintypes.HANDLE(msvcrt.get_osfhandle(descriptor))
            ctypes.windll.kernel32.SetStdHandle(wintypes.DWORD(name), handle)
