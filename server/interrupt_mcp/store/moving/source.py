"""The file that is moved: held alone while its mark is put, then read by batches in one state, and not changed.

It does not know where the rows go.
"""

import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.sqlite.address import address
from interrupt_mcp.store.sqlite.database import TO_THE_DISK, lay_out
from interrupt_mcp.store.sqlite.mark import KEY, Mark, mark_of, put, take_away

_BUSY_SECONDS = 3.0
"""How long it waits for those who look into the file for a moment."""
_BATCH = 500
_INTERNAL = ("sqlite_", "store_migrations", "vector_migrations")
"""What SQLite and LangGraph keep about their own tables."""


def marked(path: Path, to: str) -> tuple[Mark, bool]:
    """Return the file's mark, put now where it has none, and whether that is so.

    Nobody has the file open at that moment, so that whoever opens it later sees the mark.

    Raises:
        Unavailable: the file is not there, is in use, cannot be written or is no database of this version's.
    """
    with _alone(path) as connection:
        if (found := mark_of(connection)) is not None:
            return found, False
        lay_out(connection, path)
        mark = Mark(uuid.uuid4().hex, to, datetime.now(UTC).isoformat(timespec="seconds"), done=False)
        _in_transaction(connection, put, mark)
        return mark, True


def finish(path: Path, mark: Mark) -> None:
    """Say in the file that its contents are at the other place.

    Raises:
        Unavailable: it cannot be written.
    """
    with _alone(path) as connection:
        _in_transaction(connection, put, replace(mark, done=True))


def unmark(path: Path) -> None:
    """Take the mark away: nothing was moved.

    Raises:
        Unavailable: the file cannot be written.
    """
    with _alone(path) as connection:
        _in_transaction(connection, take_away)


@contextmanager
def reading(path: Path) -> "Iterator[Source]":
    """Read the file within this context, in the state in which it is.

    Raises:
        Unavailable: it cannot be read.
    """
    try:
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            source = Source(connection)
            try:
                yield source
            finally:
                source.end()
    except sqlite3.Error as error:
        raise _unavailable(path, error) from error


class Source:
    """What is in the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._read: list[sqlite3.Cursor] = []

    def end(self) -> None:
        """End all that is being read: SQLite has the file open as long as something is."""
        for cursor in self._read:
            cursor.close()

    def counts(self) -> Mapping[str, int]:
        """Return how many rows each table has."""
        names = [row["name"] for row in self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in sorted(names)
            if not name.startswith(_INTERNAL)
        }

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns."""
        return [row["name"] for row in self._connection.execute(f"PRAGMA table_info({table})")]

    def rows(self, table: str, columns: Sequence[str], order: Sequence[str] = ()) -> Iterator[sqlite3.Row]:
        """Return the rows, which are read by batches."""
        ordered = f" ORDER BY {', '.join(order)}" if order else ""
        cursor = self._connection.execute(f"SELECT {', '.join(columns)} FROM {table}{ordered}")
        self._read.append(cursor)
        while batch := cursor.fetchmany(_BATCH):
            yield from batch

    def highest(self) -> Mapping[str, int]:
        """Return, of each table that numbers its rows, the highest number that it ever gave."""
        return {row["name"]: row["seq"] for row in self._connection.execute("SELECT name, seq FROM sqlite_sequence")}

    def meta(self) -> Mapping[str, str]:
        """Return what is kept once for all, as the store's secret."""
        return {row["key"]: row["value"] for row in self.rows("meta", ("key", "value")) if row["key"] != KEY}

    def projects(self) -> Sequence[str]:
        """Return the projects that have something on record, or a thread."""
        sql = "SELECT project FROM threads UNION SELECT project FROM audit ORDER BY project"
        return [row["project"] for row in self._connection.execute(sql)]


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Have the file, which no other connection of any process has open, within this context."""
    if not path.is_file():
        raise Unavailable(f"There is no database {path}, so nothing to move")
    try:
        with closing(_connect(path)) as connection:
            # Before the file is first read: then SQLite opens it only where nobody else has it open.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
            for setting in TO_THE_DISK:
                connection.execute(f"PRAGMA {setting}")
            yield connection
    except sqlite3.Error as error:
        raise _unavailable(path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(address(path, "mode=rw"), uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _in_transaction(connection: sqlite3.Connection, change: Any, *values: Any) -> None:
    connection.execute("BEGIN IMMEDIATE")
    change(connection, *values)
    connection.execute("COMMIT")


def _unavailable(path: Path, error: sqlite3.Error) -> Unavailable:
    if "locked" in str(error):
        return Unavailable(
            f"The database {path} is in use: end the servers, workers and commands that have it open, and the clients"
            " that start them"
        )
    return Unavailable(f"The database {path} cannot be used: {error}")
