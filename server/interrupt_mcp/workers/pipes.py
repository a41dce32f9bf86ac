"""A worker's standard input and output, where the event loop itself can wait for pipes: everywhere but on Windows.

What goes out is written at once, as far as the pipe takes it: each detour over the event loop would cost time. What
lines say is not known here.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import IO

from interrupt_mcp.workers.backlog import LONGEST, MOST_UNREAD, TOO_LONG, Failed, Lines, TooLong

_AT_ONCE = 64 * 1024
"""Bytes that are read or written before the event loop has a turn."""


class Sending:
    """Writes lines to a worker, in order, and waits for nothing."""

    def __init__(self, pipe: IO[bytes], failed: Failed) -> None:
        """`failed` is called, once, with the reason why the worker gets no more."""
        self._pipe = pipe
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._kept = bytearray()
        self._ends = False
        _never_wait(pipe)

    def send(self, line: bytes) -> None:
        """Write the line, or keep it until there is room for it."""
        if self._ends:
            return
        if self._kept:
            self._kept += line
        elif (rest := self._written(line)) < len(line) and not self._ends:
            self._kept += memoryview(line)[rest:]
            self._loop.add_writer(self._pipe.fileno(), self._go_on)
        if len(self._kept) > MOST_UNREAD:
            self._failed("it did not read what was sent to it", False)
            self.close()

    def finish(self) -> None:
        """Close it as soon as all is written that was sent."""
        self._ends = True
        if not self._kept:
            self.close()

    def close(self) -> None:
        """Close it at once."""
        self._ends = True
        if not self._pipe.closed:
            if self._kept:
                self._loop.remove_writer(self._pipe.fileno())
            self._kept.clear()
            self._pipe.close()

    def _go_on(self) -> None:
        written = self._written(self._kept[:_AT_ONCE])
        del self._kept[:written]
        if not self._kept and not self._pipe.closed:
            self._loop.remove_writer(self._pipe.fileno())
            if self._ends:
                self.close()

    def _written(self, some: bytes | bytearray) -> int:
        """Write some of it, and return how much; where nobody reads any more, close it."""
        try:
            return os.write(self._pipe.fileno(), some)
        except BlockingIOError:
            return 0
        except OSError:
            self._failed("it closed its input", True)
            self.close()
            return 0


class Receiving:
    """Reads what a worker writes, and hands each line on."""

    def __init__(self, pipe: IO[bytes], heard: Callable[[bytes], None], failed: Failed) -> None:
        """`failed` is called, once, with the reason why nothing more is read."""
        self._pipe = pipe
        self._heard = heard
        self._failed = failed
        self._lines = Lines()
        self._loop = asyncio.get_running_loop()
        _never_wait(pipe)
        self._loop.add_reader(pipe.fileno(), self._read)

    def join(self, seconds: float) -> None:
        """Wait for nothing: `finish` reads what is there."""

    def finish(self) -> None:
        """Read what is still there of a worker that has ended, and close it."""
        left = LONGEST
        while left > 0 and (count := self._read()):
            left -= count
        self.close()

    def close(self) -> None:
        """Close it at once."""
        if not self._pipe.closed:
            self._loop.remove_reader(self._pipe.fileno())
            self._pipe.close()

    def _read(self) -> int:
        """Hand on what is there, and return how many bytes that was."""
        if self._pipe.closed:
            return 0
        chunk = b""
        try:
            chunk = os.read(self._pipe.fileno(), _AT_ONCE)
        except BlockingIOError:
            return 0
        except OSError:
            pass
        if not chunk:
            self._failed("it closed its output", True)
            self.close()
            return 0
        try:
            for line in self._lines.of(chunk):
                self._heard(line)
        except TooLong:
            self._failed(TOO_LONG, False)
            self.close()
        return len(chunk)


def _never_wait(pipe: IO[bytes]) -> None:
    if sys.platform != "win32":
        os.set_blocking(pipe.fileno(), False)
