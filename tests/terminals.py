"""Commands at a real terminal, and a person who reads the screen and types."""

import codecs
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE
from tests.processes import command, surroundings

_TAKE_OVER = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
"""A program that makes the terminal its own, so that Ctrl-C there is a signal to the command that it then becomes."""


class Keys:
    """A terminal with a person at it."""

    def __init__(self, process: "subprocess.Popen[bytes]", side: int) -> None:
        self.process = process
        self._side = side
        self.screen = ""
        """What has appeared so far, with ends of lines as they are in files."""
        self._read = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._half = ""
        """Half an end of a line, where a busy machine gave no more of it yet."""

    def until(self, words: str) -> str:
        """What appears up to these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.screen[self._read :]:
            left = deadline - time.monotonic()
            assert left > 0, f"no {words!r} in {self.screen[self._read :]!r}"
            assert self._more(left), f"no {words!r} in {self.screen[self._read :]!r} when it ended"
        end = self.screen.index(words, self._read) + len(words)
        shown, self._read = self.screen[self._read : end], end
        return shown

    def ends(self, *words: str) -> None:
        """Wait until what appeared since ends in one of these words."""
        deadline = time.monotonic() + PATIENCE
        while not self.screen[self._read :].endswith(words):
            left = deadline - time.monotonic()
            assert left > 0, f"it does not end in {words!r}: {self.screen[self._read :]!r}"
            assert self._more(left), f"it ended, and not in {words!r}: {self.screen[self._read :]!r}"
        self._read = len(self.screen)

    def type(self, line: str) -> None:
        os.write(self._side, f"{line}\n".encode())

    def press(self, key: bytes) -> None:
        os.write(self._side, key)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        deadline = time.monotonic() + PATIENCE
        while self._more(deadline - time.monotonic()):
            pass
        return self.process.wait(PATIENCE)

    def _more(self, seconds: float) -> bool:
        if not select.select([self._side], [], [], max(0.0, seconds))[0]:
            return False
        try:
            read = os.read(self._side, 65536)
        except OSError:
            return False
        appeared = self._half + self._decoder.decode(read)
        self._half = "\r" if appeared.endswith("\r") else ""
        self.screen += appeared.removesuffix("\r").replace("\r\n", "\n")
        return bool(read)


@contextmanager
def at_a_terminal(home: Path, *arguments: str, wide: int = 0, environ: Mapping[str, str]) -> Iterator[Keys]:
    """The command with these arguments, killed at the end of the block if it still lives.

    Its terminal is so many columns `wide`, or does not know how wide it is.
    """
    import fcntl
    import pty
    import termios

    side, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if wide else 0, wide, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_OVER, command(), *arguments],
        stdin=other,
        stdout=other,
        stderr=other,
        cwd=home,
        env=environ,
        start_new_session=True,
    )
    os.close(other)
    keys = Keys(process, side)
    try:
        yield keys
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        os.close(side)


@contextmanager
def reviewing(home: Path, *arguments: str, wide: int = 0, **environ: str) -> Iterator[Keys]:
    """`interrupt-mcp review`; a variable says that the terminal is 100 columns wide."""
    variables = {**surroundings(home, **environ), "TERM": "dumb", "COLUMNS": "100"}
    with at_a_terminal(home, "review", *arguments, wide=wide, environ=variables) as keys:
        yield keys


def editor(folder: Path, change: str) -> str:
    """An editor that makes this of the file: Python, in which `text` is what was in it."""
    file = folder / "editor.py"
    file.write_text(
        f"import json, pathlib, sys\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text()\n"
        f"file.write_text({change})\n"
    )
    return f"{sys.executable} {file}"
