"""A PostgreSQL database within a reach: statements of the store, and whoever asks in each of them."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import psycopg

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.store.postgres.database import Database
from interrupt_mcp.store.postgres.transactions import Open, translated
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.transaction import Row, Statement, T, Unit, bound


class Scope:
    """See `store.sql.transaction.Database`."""

    transient: tuple[type[BaseException], ...] = (psycopg.Error,)

    def __init__(self, database: Database, reach: Reach) -> None:
        self.reach = reach
        self._database = database

    async def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        sql, given = bound(statement, values, self.reach)
        return await result_of(self._database.find_soon(translated(sql), given))

    async def one(self, statement: Statement, /, **values: Any) -> Row | None:
        rows = await self.all(statement, **values)
        return rows[0] if rows else None

    async def read(self, unit: Unit[T]) -> T:
        return await result_of(self._database.look_up(lambda opened: unit(opened.within(self.reach))))

    def submit(self, unit: Unit[T], *, soon: bool = True, line: object = None) -> Future[T]:
        def within(opened: Open) -> T:
            return unit(opened.within(self.reach))

        # Which transaction it is, to who looks.
        within.__qualname__ = getattr(unit, "__qualname__", "")
        return self._database.submit(within, soon=soon, line=line)

    async def write(self, unit: Unit[T]) -> T:
        return await result_of(self.submit(unit))

    def hurry(self) -> None:
        self._database.hurry()

    async def shrink(self) -> None:
        """Do nothing: the server uses the space again, and gives back what it can by itself."""
