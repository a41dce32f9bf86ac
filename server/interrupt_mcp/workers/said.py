"""What a worker says on stderr, passed on to this process's own, line by line with the worker's name before it.

A thread does it, so that a worker which says very much slows down nobody but itself. It does not know what is said.
"""

import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from interrupt_mcp.text.redaction import redacted
from interrupt_mcp.text.visible import printable

_AT_ONCE = 4 * 1024
"""Bytes that are looked through for secrets at once: meanwhile no other thread runs."""
_LONGEST = 4000
"""Bytes of a line that are passed on."""


class Said:
    """Passes on what one worker says, until it ends or this is closed."""

    def __init__(self, pipe: IO[bytes], name: str) -> None:
        self._pipe = pipe
        self._name = name
        self._wakes, self._waker = os.pipe()
        self._closed = False
        self._thread = threading.Thread(target=self._pass_on, name=f"interrupt-mcp-worker-{name}", daemon=True)
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait until all is passed on of a worker that has ended, at most so long; from another thread.

        What it started may still hold its stderr, and say something.
        """
        self._thread.join(seconds)

    def close(self) -> None:
        """Pass on nothing more. Where pipes cannot be waited for, the thread ends once nobody can say anything."""
        if not self._closed:
            self._closed = True
            os.close(self._waker)

    def _pass_on(self) -> None:
        try:
            with self._pipe:
                for lines in _cut(self._chunks()):
                    if not self._closed:
                        _write(self._name, lines)
        finally:
            os.close(self._wakes)

    def _chunks(self) -> Iterator[bytes]:
        while self._ready():
            try:
                chunk = os.read(self._pipe.fileno(), _AT_ONCE)
            except OSError:
                return
            if not chunk:
                return
            yield chunk

    def _ready(self) -> bool:
        """Wait until there is something to read; return whether it is to be passed on."""
        if sys.platform != "win32":
            waiting = select.poll()
            for each in (self._pipe.fileno(), self._wakes):
                waiting.register(each, select.POLLIN)
            waiting.poll()
        return not self._closed


def _cut(chunks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines of each chunk that has ends of some; of a longer one, its beginning. The last may have no end."""
    begun = b""
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        if whole:
            whole[0] = begun + whole[0]
            begun = b""
            yield whole
        begun = (begun + rest)[: _LONGEST + 1]
    if begun:
        yield [begun]


def _write(name: str, lines: list[bytes]) -> None:
    # All at once: a secret may have several lines.
    text = "\n".join(_shortened(each) for each in lines)
    safe = printable(redacted(text).replace("\t", "    "))
    told = "".join(f"worker {name}: {line}\n" for line in safe.split("\n"))
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(told)
        sys.stderr.flush()


def _shortened(line: bytes) -> str:
    text = line[:_LONGEST].decode("utf-8", "backslashreplace").removesuffix("\r")
    return f"{text}…" if len(line) > _LONGEST else text
