"""One SQLite file: one thread of the process writes, at full durability; reads go through another connection.

It knows transactions and schema versions, not what the tables mean.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from interrupt_mcp.authority import this_user
from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.store.sqlite.filesystem import keep_private, make_private, network_file_system
from interrupt_mcp.store.sqlite.mark import is_marked, mark_of, refusal
from interrupt_mcp.store.sqlite.writer import T, Unit, Writer
from interrupt_mcp.store.versions import SCHEMA_VERSION

SCHEMA = ("schema.sql", *(f"schema_{number}.sql" for number in range(2, 9)))
"""The scripts that make each version of the schema from the one before."""
assert len(SCHEMA) == SCHEMA_VERSION, "a script for each version"
TO_THE_DISK = ("synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON")
"""By a sync alone macOS leaves what is written in the drive's own memory, which a power cut empties."""
SETTINGS = ("auto_vacuum = INCREMENTAL", "journal_mode = WAL", *TO_THE_DISK, "foreign_keys = ON")
BUSY_SECONDS = 30.0
"""How long a write waits for other processes that share the file."""


class Database:
    """An open database. `close()` waits for what was submitted."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            Unavailable: it cannot be opened or written, is no database, or has a newer schema. Nothing was changed.
        """
        self.path = path
        try:
            if (kind := network_file_system(path)) is not None:
                raise Unavailable(f"The database {path} is on a network file system ({kind}), where SQLite is not safe")
            make_private(path)
            with ExitStack() as opened:
                writing = self._writing = opened.enter_context(closing(_connect(path)))
                # From here on SQLite's own files are there, and stay; nothing was written to them yet.
                keep_private(Path(os.path.realpath(path)))
                lay_out(writing, path)
                self.reader = opened.enter_context(closing(_connect(path)))
                self.reader.execute("PRAGMA query_only = ON")
                opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise _unavailable(path, error) from error
        self.reading = threading.Lock()
        """Hold it to read on `reader`."""
        self._writer = Writer(writing, partial(_unavailable, path))

    def submit(self, unit: Unit[T], *, soon: bool = True) -> Future[T]:
        """Have a unit run in a transaction; the future resolves once it is on disk, or with what it raised.

        One that need not be `soon` waits a little for others to share a transaction with.
        """
        return self._writer.submit(unit, soon=soon)

    def hurry(self) -> None:
        """Have what was submitted kept now: somebody waits for it."""
        self._writer.hurry()

    async def write(self, unit: Unit[T]) -> T:
        """Have the unit run, and return once it is on disk. A caller that is cancelled does not take it back."""
        return await result_of(self.submit(unit))

    def read(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """Return all rows of one look-up, which must be quick, by an index: it blocks the event loop."""
        try:
            with self.reading:
                return self.reader.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise _unavailable(self.path, error) from error

    def look(self, reads: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `reads` returns, which may read several times: it sees one state of the database."""
        try:
            with self.reading:
                self.reader.execute("BEGIN")
                try:
                    return reads(self.reader)
                finally:
                    self.reader.execute("COMMIT")
        except sqlite3.Error as error:
            raise _unavailable(self.path, error) from error

    def settle(self, seconds: float) -> None:
        """Wait until what was submitted is on disk, at most so long; from any thread."""
        self._writer.settle(seconds)

    def close(self) -> None:
        self._writer.close()
        self._writing.close()
        self.reader.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def lay_out(connection: sqlite3.Connection, path: Path) -> None:
    """Lay the file out as this version has it, in one transaction.

    Raises:
        Unavailable: its schema is newer, or what was in it is elsewhere. Nothing was changed.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if is_marked(version) and (mark := mark_of(connection)) is not None:
            raise refusal(path, mark)
        if version > SCHEMA_VERSION:
            raise Unavailable(
                f"The database {path} has schema version {version}, newer than this program's {SCHEMA_VERSION};"
                " upgrade interrupt-mcp"
            )
        for name in SCHEMA[version:]:
            script = files("interrupt_mcp.store.sqlite").joinpath(name).read_text("utf-8")
            for statement in _statements(script):
                # A default has to stand there as it is: SQLite takes no value for it.
                connection.execute(statement.replace(":this_user", _quoted(str(this_user().principal))))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _statements(script: str) -> list[str]:
    """Return the statements of a script: `executescript` would commit the open transaction."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements


def _unavailable(path: Path, error: Exception) -> Error:
    if isinstance(error, Error):
        return error
    return Unavailable(f"The database {path} cannot be used: {error}")
