"""An SQLite database within a reach: statements of the store, and whoever asks in each of them."""

import sqlite3
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, cast

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.transaction import Add, Row, Statement, T, Unit, Values, bound
from interrupt_mcp.store.sqlite.database import Database

_PAGES_AT_ONCE = 500


class Scope:
    """See `store.sql.transaction.Database`. Reads run on the event loop: a look-up takes hardly any time."""

    transient: tuple[type[BaseException], ...] = ()

    def __init__(self, database: Database, reach: Reach) -> None:
        self.reach = reach
        self._database = database

    async def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        return cast("Sequence[Row]", self._database.read(*bound(statement, values, self.reach)))

    async def one(self, statement: Statement, /, **values: Any) -> Row | None:
        rows = await self.all(statement, **values)
        return rows[0] if rows else None

    async def read(self, unit: Unit[T]) -> T:
        return self._database.look(lambda connection: unit(Within(connection, self.reach)))

    def submit(self, unit: Unit[T], *, soon: bool = True, line: object = None) -> Future[T]:  # noqa: ARG002  it is all one
        def within(connection: sqlite3.Connection) -> T:
            return unit(Within(connection, self.reach))

        # Which transaction it is, to who looks.
        within.__qualname__ = getattr(unit, "__qualname__", "")
        return self._database.submit(within, soon=soon)

    async def write(self, unit: Unit[T]) -> T:
        return await result_of(self.submit(unit))

    def hurry(self) -> None:
        self._database.hurry()

    async def shrink(self) -> None:
        while await self._database.write(_shrink):
            pass


class Within:
    """See `store.sql.transaction.Transaction`."""

    def __init__(self, connection: sqlite3.Connection, reach: Reach) -> None:
        self._connection = connection
        self._reach = reach
        self.found: set[Hashable] = set()

    def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        return cast("Sequence[Row]", self._execute(statement, values).fetchall())

    def one(self, statement: Statement, /, **values: Any) -> Row | None:
        return cast("Row | None", self._execute(statement, values).fetchone())

    def run(self, statement: Statement, /, **values: Any) -> int:
        return self._execute(statement, values).rowcount

    def do(self, statement: Statement, /, **values: Any) -> None:
        self._execute(statement, values)

    def do_one(self, statement: Statement, /, **values: Any) -> None:
        changed = self._execute(statement, values).rowcount
        assert changed == 1, f"{changed} rows were there to be changed"

    def run_each(self, statement: Statement, each: Iterable[Values], /) -> None:
        sql, ours = bound(statement, {}, self._reach)
        self._connection.executemany(sql, [{**values, **ours} for values in each])

    def take_turn(self, what: str) -> None:
        """Do nothing: SQLite has one transaction at a time that writes."""

    def hold_lightly(self) -> None:
        """Do nothing: others are kept together with it."""

    def run_last(self, what: str, add: Add, row: Values, /) -> None:  # noqa: ARG002
        """Add it at once."""
        add(self, [row])

    def _execute(self, statement: Statement, values: Values) -> sqlite3.Cursor:
        return self._connection.execute(*bound(statement, values, self._reach))


def _shrink(connection: sqlite3.Connection) -> bool:
    """Give some of the file's free pages back; return whether there are more."""
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(free, _PAGES_AT_ONCE)):
        # Python takes one step of it only, and that is one page.
        connection.execute("PRAGMA incremental_vacuum")
    return bool(free > _PAGES_AT_ONCE)
