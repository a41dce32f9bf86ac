"""Transactions on a PostgreSQL server: units that are kept together, tried again where that is safe.

It does not know what units do.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg

from interrupt_mcp.store.postgres.connections import PATH, SCHEMA, Connection
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.transaction import Add, Row, Statement, Values, bound

_NAME = re.compile(r"(?<![:\w]):(\w+)")
_MARK = """
INSERT INTO {schema}.kept (writer, number) VALUES ('{writer}', {number})
ON CONFLICT (writer) DO UPDATE SET number = excluded.number, at = excluded.at
"""
"""With each transaction a number is kept, by which it is known whether it was kept where the connection breaks then.

The server's own number of a transaction would not do: after a crash, one that was lost may be given to another.
"""
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_COMMIT_LIGHTLY = "SET LOCAL synchronous_commit TO off; COMMIT"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_MARKED = f"""
INSERT INTO {SCHEMA}.kept (writer, number) VALUES (%s, 0) ON CONFLICT (writer) DO UPDATE SET at = excluded.at
RETURNING number
"""
"""It waits for a transaction that is still going on there, also for a writer's first."""


@dataclass(eq=False)
class Open:
    """One open transaction."""

    connection: Connection
    writes: bool = True
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
            add(tx, rows)


class Within:
    """See `store.sql.transaction.Transaction`."""

    def __init__(self, opened: Open, reach: Reach) -> None:
        self._opened = opened
        self._reach = reach

    def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        return self._execute(statement, values).fetchall()

    def one(self, statement: Statement, /, **values: Any) -> Row | None:
        return self._execute(statement, values).fetchone()

    def run(self, statement: Statement, /, **values: Any) -> int:
        return self._execute(statement, values).rowcount

    def run_each(self, statement: Statement, each: Iterable[Values], /) -> None:
        sql, ours = bound(statement, {}, self._reach)
        if rows := [{**values, **ours} for values in each]:
            self._opened.connection.cursor().executemany(translated(sql), rows)

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
    marks = _MARK.format(schema=SCHEMA, writer=mark.writer, number=mark.number)
    connection.execute(f"BEGIN; {f'{PATH};' if pooled else ''} {marks}")
    results: list[Any] = []
    try:
        opened = Open(connection)
        for unit in units:
            results.append(unit(opened))
        opened.do_last()
    except BaseException as error:
        abandon(connection)
        if len(units) > 1 and not isinstance(error, psycopg.Error):
            raise Spoiled(len(results)) from error
        raise
    try:
        connection.execute(_COMMIT_LIGHTLY if opened.held_lightly == len(units) else "COMMIT")
    except psycopg.OperationalError as error:
        if connection.broken:
            raise InDoubt(mark, results) from error
        raise
    return results


def seen(connection: Connection, reads: Callable[[Open], Any], *, pooled: bool) -> Any:
    """Return what `reads` returns, which may read several times: it sees one state of the database."""
    connection.execute(f"{_BEGIN_READING}; {PATH}" if pooled else _BEGIN_READING)
    try:
        found = reads(Open(connection, writes=False))
    except BaseException:
        abandon(connection)
        raise
    connection.execute("COMMIT")
    return found


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
