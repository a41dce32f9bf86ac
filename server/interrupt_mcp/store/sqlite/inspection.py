"""An SQLite file, looked at without changing it, making it, or being in the way of those who use it."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NoReturn

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.inspection import Condition, Counts
from interrupt_mcp.store.records import NOBODY, Reach
from interrupt_mcp.store.sqlite.address import address
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.mark import is_marked, layout_of, mark_of, refusal
from interrupt_mcp.store.sqlite.secret import KEY, READ
from interrupt_mcp.store.sqlite.store import SqliteStore
from interrupt_mcp.store.sqlite.writer import T, Unit
from interrupt_mcp.store.versions import SCHEMA_VERSION

_BUSY_SECONDS = 5.0
_QUICKLY = 32 * 1024 * 1024
"""Bytes of a file that is checked as a whole."""
_VERSIONS_AT, _WAL = 18, b"\2\2"
"""Where a database's header says which versions of SQLite's format write and read it, and that these are WAL's."""
_COUNTS = """
SELECT (SELECT count(*) FROM runs WHERE project = :project) AS runs,
       (SELECT count(*) FROM threads WHERE project = :project) AS threads,
       (SELECT count(*) FROM audit) AS entries
"""


@contextmanager
def inspecting(path: Path) -> "Iterator[InspectedFile]":
    """Look at the database, within this context.

    Raises:
        Unavailable: it cannot be read, or is no database.
    """
    with ExitStack() as opened:
        try:
            found = _opened(Path(os.path.realpath(path)), opened)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"The database {path} cannot be used: {error}") from error
        yield found


def _opened(path: Path, opened: ExitStack) -> "InspectedFile":
    # Where nobody has it open, SQLite would make files beside it to read it; read as one that nobody changes, it makes
    # none. What a process that opens it just now does to that is not taken for damage: it is looked at once more.
    if not path.is_file():
        raise Unavailable(f"The database {path} cannot be used: it is no file")
    wal = Path(f"{path}-wal")
    for last in (False, True):
        if wal.exists():
            break
        connection = opened.enter_context(closing(_connect(path, "mode=ro&immutable=1")))
        condition = _condition(connection, path)
        if not wal.exists() and (last or not condition.damage):
            return InspectedFile(_ReadOnly(path, connection), condition)
    connection = opened.enter_context(closing(_connect(path, "mode=ro")))
    return InspectedFile(_ReadOnly(path, connection), _condition(connection, path))


def version_at(path: Path) -> int:
    """Return the version in which the database is laid out.

    Raises:
        Unavailable: it cannot be read, is no database, has a newer schema, or what was in it is elsewhere.
    """
    with inspecting(path) as found:
        if found.condition.moved is not None:
            raise Unavailable(found.condition.moved)
        if found.condition.schema > SCHEMA_VERSION:
            raise Unavailable(
                f"The database {path} has schema version {found.condition.schema}, newer than this program's"
                f" {SCHEMA_VERSION}; upgrade interrupt-mcp"
            )
        return found.condition.schema


class InspectedFile:
    """See `store.inspection.Inspected`."""

    def __init__(self, database: "_ReadOnly", condition: Condition) -> None:
        self.condition = condition
        self._database = database

    def store(self, reach: Reach) -> SqliteStore:
        return SqliteStore(self._database, reach, NOBODY)

    def counts(self, reach: Reach) -> Counts:
        (row,) = self._database.read(_COUNTS, {"project": reach.project})
        return Counts(row["runs"], row["threads"], row["entries"])

    def secret(self) -> str | None:
        rows = self._database.read(READ, (KEY,))
        return str(rows[0][0]) if rows else None


class _ReadOnly(Database):
    """A database that is only read."""

    def __init__(self, path: Path, reader: sqlite3.Connection) -> None:
        self.path = path
        self.reader = reader
        self.reading = threading.Lock()

    def submit(self, unit: Unit[T], *, soon: bool = True) -> Future[T]:
        del unit, soon
        self._refuse()

    def hurry(self) -> None:
        self._refuse()

    def settle(self, seconds: float) -> None:
        """Wait for nothing: nothing is written."""

    def close(self) -> None:
        """Leave the connection to whoever opened it."""

    def _refuse(self) -> NoReturn:
        raise Unavailable(f"The database {self.path} is only looked at")


def _connect(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address(path, how), uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


def _condition(connection: sqlite3.Connection, path: Path) -> Condition:
    files = (path, Path(f"{path}-wal"), Path(f"{path}-shm"))
    size = sum(file.stat().st_size for file in files if file.exists())
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    mark = mark_of(connection) if is_marked(version) else None
    return Condition(
        size,
        version if mark is None else layout_of(version),
        SCHEMA_VERSION,
        _journal_mode(connection, path),
        _damage(connection) if size <= _QUICKLY else None,
        None if mark is None else str(refusal(path, mark).args[0]),
    )


def _journal_mode(connection: sqlite3.Connection, path: Path) -> str:
    # To a connection that takes the file for one that never changes, SQLite tells no WAL: the file's header does.
    with path.open("rb") as file:
        file.seek(_VERSIONS_AT)
        if file.read(len(_WAL)) == _WAL:
            return "wal"
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def _damage(connection: sqlite3.Connection) -> str:
    """Return what SQLite finds wrong; empty where nothing is."""
    try:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)
