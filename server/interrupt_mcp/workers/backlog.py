"""Lines that are cut out of chunks of bytes, as they come from a pipe. It does not know what they say."""

from collections.abc import Callable
from typing import TypeAlias

LONGEST = 64 * 1024 * 1024
"""Bytes that one line between the server and a worker may have: the whole state of a thread may be in one."""
MOST_UNREAD = 128 * 1024 * 1024
"""Bytes that are kept for a worker that does not read them."""


Failed: TypeAlias = Callable[[str, bool], None]
"""Is told what the worker did, and whether one does so that is about to end."""
TOO_LONG = f"it wrote a line of more than {LONGEST // 1024 // 1024} MB"
"""What is said of a worker that did."""


class TooLong(Exception):
    """A line has more bytes than any may have."""


class Lines:
    """Cuts chunks into lines."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def of(self, chunk: bytes) -> list[bytes]:
        """Return the lines that end in the chunk, without their ends.

        Raises:
            TooLong: one has too many bytes; nothing more is to be read from there.
        """
        first, *others = chunk.split(b"\n")
        self._begun += first
        if not others:
            self._check(len(self._begun))
            return []
        lines = [bytes(self._begun), *others[:-1]]
        self._begun = bytearray(others[-1])
        self._check(len(lines[0]))
        return lines

    def _check(self, length: int) -> None:
        if length > LONGEST:
            raise TooLong
