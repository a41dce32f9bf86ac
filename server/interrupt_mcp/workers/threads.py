"""A worker's standard input and output, read and written by threads: for Windows, whose loop cannot wait for pipes.

They answer what those in `pipes` do. What lines say is not known here.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import IO

from interrupt_mcp.workers.backlog import MOST_UNREAD, TOO_LONG, Failed, Lines, TooLong

_AT_ONCE = 64 * 1024
_AHEAD = 16
"""How many chunks are read that the event loop has not handed on."""


class ThreadedSending:
    """Writes lines to a worker, in order."""

    def __init__(self, pipe: IO[bytes], failed: Failed) -> None:
        """`failed` is called, once, with the reason why the worker gets no more."""
        self._pipe = pipe
        self._failed = failed
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._kept = 0
        self._counting = threading.Lock()
        self._ends = False
        threading.Thread(target=self._write, name="interrupt-mcp-to-worker", daemon=True).start()

    def send(self, line: bytes) -> None:
        """Have the line written."""
        if self._ends or not line:
            return
        with self._counting:
            self._kept += len(line)
        self._lines.put(line)
        if self._kept > MOST_UNREAD:
            self._failed("it did not read what was sent to it", False)
            self.close()

    def finish(self) -> None:
        """Have it closed as soon as all is written that was sent."""
        if not self._ends:
            self._ends = True
            self._lines.put(b"")

    def close(self) -> None:
        """Have it closed as soon as what is being written is; the end of the worker ends that too."""
        self.finish()

    def _write(self) -> None:
        # The pipe breaks when the worker ends, or closes it: what comes of that, its end tells.
        with suppress(OSError), self._pipe:
            while line := self._lines.get():
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(self._pipe.fileno(), rest[:_AT_ONCE]) :]
                with self._counting:
                    self._kept -= len(line)


class ThreadedReceiving:
    """Reads what a worker writes, and hands each line on, on the event loop."""

    def __init__(self, pipe: IO[bytes], heard: Callable[[bytes], None], failed: Failed) -> None:
        """`failed` is called, once, with the reason why nothing more is read."""
        self._pipe = pipe
        self._heard = heard
        self._failed = failed
        self._lines = Lines()
        self._loop = asyncio.get_running_loop()
        # By it tasks know their event loop, which whoever hears may begin.
        self._context = copy_context()
        self._ahead = threading.Semaphore(_AHEAD)
        self._closed = False
        self._thread = threading.Thread(target=self._read, name="interrupt-mcp-from-worker", daemon=True)
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait until all is read of a worker that has ended, at most so long; from another thread."""
        self._thread.join(seconds)

    def finish(self) -> None:
        """Hand nothing more on: all that was read has been."""
        self.close()

    def close(self) -> None:
        """Hand nothing more on."""
        self._closed = True
        self._ahead.release()

    def _read(self) -> None:
        # The loop may be closed already.
        with suppress(OSError, RuntimeError), self._pipe:
            try:
                while not self._closed and (chunk := os.read(self._pipe.fileno(), _AT_ONCE)):
                    self._ahead.acquire()
                    self._loop.call_soon_threadsafe(self._hand_on, chunk, context=self._context)
            finally:
                # Also where there is no memory to read it: one that is heard no more is to end.
                self._loop.call_soon_threadsafe(self._failed, "it closed its output", True, context=self._context)

    def _hand_on(self, chunk: bytes) -> None:
        self._ahead.release()
        try:
            for line in () if self._closed else self._lines.of(chunk):
                self._heard(line)
        except TooLong:
            self._failed(TOO_LONG, False)
            self.close()
