"""Moving a file, as whoever calls it has it: alone, with progress on stderr. It does not know what is in the file."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from interrupt_mcp.cli.listing import write
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.peers.owner import alive, beside, lock_of, names_in

_NAME = "migrate"
_EVERY = 1.0
"""Seconds between two lines at least."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """See to it that no process uses the file, and none moves it besides, within this context.

    Raises:
        Unavailable: one does.
    """
    if not path.is_file():
        raise Unavailable(f"There is no database {path}, so nothing to move")
    directory = beside(path)
    try:
        lock = lock_of(directory, _NAME)
    except TimeoutError as error:
        raise Unavailable(f"Another `interrupt-mcp migrate` moves {path} just now") from error
    except OSError as error:
        raise Unavailable(f"{directory} cannot be written: {error}") from error
    try:
        living = [name for name in names_in(directory) if name != _NAME and alive(directory, name)]
        if living:
            raise Unavailable(
                f"{len(living)} processes use the database {path}: end the servers and workers, and the clients that"
                " start them"
            )
        yield
    finally:
        lock.release()


class Progress:
    """Tells a person how far it is, now and then."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._next = 0.0

    def tell(self, table: str, done: int, count: int) -> None:
        now = time.monotonic()
        # What takes no time is not told of.
        self._next = self._next or now + _EVERY
        if now >= self._next:
            self._next = now + _EVERY
            write([f"interrupt-mcp: {table}: {done:,} of {count:,} rows"], self._out)
