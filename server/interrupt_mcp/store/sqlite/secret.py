"""The store's own secret: random, made once, the same for every process that shares the store."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.sqlite.address import address

KEY = "secret"
READ = "SELECT value FROM meta WHERE key = ?"
KEEP = "INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)"
_BYTES = 32
_BUSY_SECONDS = 5.0


def secret_of(path: Path) -> str:
    """Return the secret of the database there, made now where it has none. It takes a connection of its own.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    with _reading(path) as connection:
        row = connection.execute(READ, (KEY,)).fetchone()
        if row is None:
            # Whichever process is first makes it for all.
            with connection:
                connection.execute(KEEP, (KEY, secrets.token_hex(_BYTES)))
            row = connection.execute(READ, (KEY,)).fetchone()
        return str(row[0])


def kept_secret(path: Path) -> str | None:
    """Return the secret of the database there; `None` where it has none yet.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    with _reading(path) as connection:
        row = connection.execute(READ, (KEY,)).fetchone()
        return None if row is None else str(row[0])


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(address(path, "mode=rw"), uri=True, timeout=_BUSY_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise Unavailable(f"The database {path} cannot be used: {error}") from error
