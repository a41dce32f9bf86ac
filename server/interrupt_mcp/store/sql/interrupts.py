"""Interrupts on a database that speaks SQL."""

from collections.abc import Collection, Sequence

from interrupt_mcp.errors import UnknownInterrupt
from interrupt_mcp.model import Filters, Interrupt, InterruptId, RunId
from interrupt_mcp.store.records import Made, Place
from interrupt_mcp.store.sql.rows import interrupt_of, interrupts_of, made_of, moment_of
from interrupt_mcp.store.sql.statements import interrupts
from interrupt_mcp.store.sql.transaction import Database, Row
from interrupt_mcp.store.sql.transactions.interrupts import rename_deciders


class SqlInterrupts:
    """See `store.port.Interrupts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> Interrupt:
        row = await self._database.one(interrupts.ONE, interrupt_id=name)
        row = row or await self._database.one(interrupts.BY_CODE, code=name.upper())
        if row is None:
            raise UnknownInterrupt(f"There is no interrupt {name!r}")
        return await self._read(row)

    async def of_run(self, run_id: str) -> tuple[Interrupt, ...]:
        rows = await self._database.all(interrupts.OF_RUN, run_id=run_id)
        return interrupts_of(rows, await self._database.all(interrupts.DECISIONS_OF_RUN, run_id=run_id) if rows else ())

    async def listed(self, filters: Filters, after: int | None, most: int) -> tuple[list[Interrupt], int | None]:
        statement = interrupts.listed(filters, after=after is not None)
        rows = await self._database.all(statement, **filters.given, position=after, most=most + 1)
        found = [await self._read(row) for row in rows[:most]]
        return found, rows[most - 1]["seq"] if len(rows) > most else None

    async def count_open(self, most: int) -> int:
        row = await self._database.one(interrupts.COUNT_ALL_OPEN, most=most)
        return int(row["count"]) if row else 0

    async def made(self, before: Place | None, most: int) -> tuple[list[Made], Place | None]:
        if before is None:
            rows = await self._database.all(interrupts.MADE, most=most + 1)
        else:
            values = {"at": moment_of(before.at), "interrupt_id": before.interrupt_id, "idx": before.index}
            rows = await self._database.all(interrupts.MADE_BEFORE, **values, round=before.round, most=most + 1)
        found = [made_of(row) for row in rows[:most]]
        return found, found[-1].place if len(rows) > most else None

    async def made_on(self, agent: str, action: str, most: int) -> Sequence[Made]:
        rows = await self._database.all(interrupts.MADE_ON, agent=agent, action=action, most=most)
        return [made_of(row) for row in rows]

    async def open_elsewhere(self, run_id: RunId, most: int) -> int:
        row = await self._database.one(interrupts.OPEN_ELSEWHERE, run_id=run_id, most=most)
        return int(row["count"]) if row else 0

    async def name_deciders(self, interrupt_id: InterruptId, names: Collection[str]) -> None:
        kept = await self._database.all(interrupts.DECIDERS, interrupt_id=interrupt_id)
        if {row["name"] for row in kept} != set(names):
            await self._database.write(lambda tx: rename_deciders(tx, interrupt_id, names))

    async def asked_at(self, thread_id: str, checkpoint_ids: Collection[str]) -> Sequence[tuple[str, Interrupt]]:
        ids = tuple(checkpoint_ids)
        rows = await self._database.all(interrupts.ASKED_AT, thread_id=thread_id, checkpoint_ids=ids)
        return [(row["checkpoint_id"], await self._read(row)) for row in rows]

    async def _read(self, row: Row) -> Interrupt:
        return interrupt_of(row, await self._database.all(interrupts.DECISIONS, interrupt_id=row["interrupt_id"]))
