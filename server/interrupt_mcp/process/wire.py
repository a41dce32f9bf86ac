"""The wire: standard input and output, kept for one purpose while everybody else in the process prints to stderr.

It knows lines of text, not what they say.
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
    """Descriptors that nobody else in the process or in its children has."""

    input: int
    output: int


def claim() -> Wire:
    """Take standard input and output away from everybody else, for as long as the process lives.

    Others read nothing, and what they print goes to stderr: by `print`, flushed or not, by descriptor, or from a
    child process. Nothing is ever given back, since buffers are flushed as late as at the end of the interpreter.
    """
    for standard in (0, 1, 2):
        try:
            os.fstat(standard)
        except OSError:
            # Descriptors are given out from the lowest: else a database might be opened as standard output.
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
        # Who kept hold of it prints to stderr too, and line by line, since the process may end without a flush.
        sys.stdout.reconfigure(line_buffering=True)
        sys.stdout.flush()
    sys.stdout = sys.stderr
    return wire


@contextmanager
def printing() -> Iterator[TextIO]:
    """What was standard output, as text; everybody else prints to stderr, to the end of the process."""
    encoding = sys.stdout.encoding if sys.stdout is not None else "utf-8"
    with open(claim().output, "w", encoding=encoding) as out:
        yield out


def _blocking(descriptor: int) -> int:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(descriptor, os.O_BINARY)
    else:
        # Whoever shares the pipe may have made it non-blocking, and then a read that finds nothing looks like the end.
        os.set_blocking(descriptor, True)
    return descriptor


def _tell_windows() -> None:
    """Child processes there inherit handles, which a changed descriptor does not change."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        for descriptor, name in ((0, -10), (1, -11)):
            ctypes.windll.kernel32.SetStdHandle(name, msvcrt.get_osfhandle(descriptor))
