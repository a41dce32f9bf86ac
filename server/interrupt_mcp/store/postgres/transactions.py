"""Transactions on a PostgreSQL server: units that are kept together, tried again where that is safe.

It does not know what units do.
"""

import re
import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg

from interrupt_mcp.store.postgres import audit
from interrupt_mcp.store.postgres.connections import PATH, SCHEMA, Connection
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.transaction import Add, Row, Statement, Values, bound

_NAME = re.compile(r"(?<![:\w]):(\w+)")
_MARK = f"""
INSERT INTO {SCHEMA}.kept (writer, number) VALUES (%s, %s)
ON CONFLICT (writer) DO UPDATE SET number = excluded.number, at = excluded.at
"""
"""With each transaction a number is kept, by which it is known whether it was kept where the connection breaks then.

The server's own number of a transaction would not do: after a crash, one that was lost may be given to another.
"""
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LIGHTLY = "SET LOCAL synchronous_commit TO off"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_MARKED = f"""
INSERT INTO {SCHEMA}.kept (writer, number) VALUES (%s, 0) ON CONFLICT (writer) DO UPDATE SET at = excluded.at
RETURNING number
"""
"""It waits for a transaction that is still going on there, also for a writer's first."""


_BY_SERVER: Mapping[str, Add] = {"audit": audit.add}
"""What is added last, where the server finds out itself what is to be added: others wait for that turn."""


@dataclass(eq=False)
class Open:
    """One open transaction. What it sends goes together with the next that somebody wants the result of."""

    connection: Connection
    pipeline: psycopg.Pipeline
    writes: bool = True
    found: set[Hashable] = field(default_factory=set)
    ones: "list[psycopg.Cursor[dict[str, Any]]]" = field(default_factory=list)
    """What is to change one row."""
    held_lightly: int = 0
    """Of how many units the server need not have on disk what they do when it says that it is kept."""
    _last: dict[str, tuple[Add, Reach, list[Values]]] = field(default_factory=dict)

    def within(self, reach: Reach) -> "Within":
        """Return the transaction within this reach."""
        return Within(self, reach)

    def keep_for_last(self, what: str, add: Add, reach: Reach, row: Values) -> None:
        """Have the row be added as the last that is done."""
        self._last.setdefault(what, (add, reach, []))[2].append(row)

    def do_last(self) -> None:
        """Do what is to be done last, each in its turn."""
        for what, (add, reach, rows) in sorted(self._last.items(), key=lambda each: each[0]):
            tx = self.within(reach)
            tx.take_turn(what)
            _BY_SERVER.get(what, add)(tx, rows)


class Within:
    """See `store.sql.transaction.Transaction`."""

    def __init__(self, opened: Open, reach: Reach) -> None:
        self._opened = opened
        self._reach = reach

    @property
    def found(self) -> set[Hashable]:
        return self._opened.found

    def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        return self._execute(statement, values).fetchall()

    def one(self, statement: Statement, /, **values: Any) -> Row | None:
        return self._execute(statement, values).fetchone()

    def run(self, statement: Statement, /, **values: Any) -> int:
        cursor = self._execute(statement, values)
        self._opened.pipeline.sync()
        return cursor.rowcount

    def do(self, statement: Statement, /, **values: Any) -> None:
        self._execute(statement, values)

    def do_one(self, statement: Statement, /, **values: Any) -> None:
        self._opened.ones.append(self._execute(statement, values))

    def run_each(self, statement: Statement, each: Iterable[Values], /) -> None:
        sql, ours = bound(statement, {}, self._reach)
        for values in each:
            self._opened.connection.execute(translated(sql), {**values, **ours})

    def take_turn(self, what: str) -> None:
        self._opened.connection.execute(_TURN, [f"interrupt_mcp {what}"])

    def hold_lightly(self) -> None:
        self._opened.held_lightly += 1

    def run_last(self, what: str, add: Add, row: Values, /) -> None:
        self._opened.keep_for_last(what, add, self._reach, row)

    def _execute(self, statement: Statement, values: Values) -> "psycopg.Cursor[dict[str, Any]]":
        sql, given = bound(statement, values, self._reach)
        locks = statement.locks and self._opened.writes
        return self._opened.connection.execute(translated(sql, locks=locks), given)


@lru_cache(maxsize=4096)
def translated(sql: str, *, locks: bool = False) -> Any:
    """Return the SQL with its names as the driver has them; `locks` has the rows that it finds stay as they are."""
    named = _NAME.sub(r"%(\1)s", sql.replace("%", "%%"))
    # Nobody may change such a row, while rows that belong to it can be added.
    return f"{named} FOR NO KEY UPDATE" if locks else named


@dataclass(frozen=True, slots=True)
class Mark:
    """What is kept with a transaction to know it by."""

    writer: uuid.UUID
    number: int


class InDoubt(Exception):
    """The connection broke as a transaction was being kept, so that it may or may not be."""

    def __init__(self, mark: Mark, results: Sequence[Any]) -> None:
        super().__init__(mark)
        self.mark = mark
        self.results = results


class Spoiled(Exception):
    """One of several units raised, so that nothing of any of them is kept."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at
        """Which it was, counted from 0."""


def kept(connection: Connection, units: Sequence[Callable[[Open], Any]], mark: Mark, *, pooled: bool) -> Sequence[Any]:
    """Run the units in one transaction, keep it, and return what they returned.

    Raises:
        InDoubt: the connection broke as it was being kept.
        Spoiled: of several units, one raised something of its own. Nothing is kept.
        BaseException: what the unit raised, or why it could not be kept. Nothing is.
    """
    results: list[Any] = []
    ending: psycopg.Cursor[dict[str, Any]] | None = None
    try:
        with connection.pipeline() as pipeline:
            opened = Open(connection, pipeline)
            connection.execute("BEGIN")
            if pooled:
                connection.execute(PATH)
            connection.execute(_MARK, [mark.writer, mark.number])
            for unit in units:
                results.append(unit(opened))
            opened.do_last()
            if opened.held_lightly == len(units):
                connection.execute(_LIGHTLY)
            # The server does not come to this where anything before it failed.
            ending = connection.execute("COMMIT")
    except BaseException as error:
        if ending is not None and (connection.broken or is_away(error)):
            connection.close()
            raise InDoubt(mark, results) from error
        abandon(connection)
        if ending is None and len(units) > 1 and not isinstance(error, psycopg.Error):
            raise Spoiled(len(results)) from error
        raise
    if ending.statusmessage != "COMMIT":
        raise psycopg.errors.InFailedSqlTransaction(f"The server said {ending.statusmessage}")
    assert all(each.rowcount == 1 for each in opened.ones), "what is locked was there to be changed"
    return results


def seen(connection: Connection, reads: Callable[[Open], Any], *, pooled: bool) -> Any:
    """Return what `reads` returns, which may read several times: it sees one state of the database."""
    try:
        with connection.pipeline() as pipeline:
            connection.execute(_BEGIN_READING)
            if pooled:
                connection.execute(PATH)
            found = reads(Open(connection, pipeline, writes=False))
            connection.execute("COMMIT")
    except BaseException:
        abandon(connection)
        raise
    return found


def is_away(error: BaseException) -> bool:
    """Whether the server, or the way to it, is not there, or for now lets nobody in or nothing be written."""
    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate or ""
    told = state[:2] in ("08", "57") or state in ("53300", "25006", "25P03")
    return told or (not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError))


def abandon(connection: Connection) -> None:
    """End the open transaction, and keep nothing of it."""
    if not connection.broken:
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()


def was_kept(connection: Connection, mark: Mark) -> bool:
    """Return whether the transaction was kept, having waited for its end if it is still going on there."""
    row = connection.execute(_MARKED, [mark.writer]).fetchone()
    return row is not None and bool(row["number"] == mark.number)
