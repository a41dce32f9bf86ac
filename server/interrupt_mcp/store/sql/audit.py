"""The append-only record on a database that speaks SQL."""

from collections.abc import Sequence
from datetime import datetime

from interrupt_mcp.model import JsonObject
from interrupt_mcp.store.records import Chain, Entry, Position
from interrupt_mcp.store.sql.rows import load, moment_of
from interrupt_mcp.store.sql.statements import audit
from interrupt_mcp.store.sql.transaction import Database
from interrupt_mcp.store.sql.transactions.audit import followed

_PAGE = 1000


class SqlAudit:
    """See `store.port.Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, after: Position, most: int) -> Sequence[JsonObject]:
        rows = await self._database.all(audit.LISTED, position=after, most=most)
        return [{**row, "detail": load(row["detail"])} for row in rows]

    async def position_at(self, moment: datetime) -> Position:
        row = await self._database.one(audit.LAST_BEFORE, moment=moment_of(moment))
        return Position(row["seq"] if row else 0)

    async def since(self, position: Position) -> tuple[Sequence[Entry], Position]:
        rows = await self._database.all(audit.AFTER, position=position)
        entries = [Entry(row["event"], row["run_id"], row["thread_id"]) for row in rows if row["seen"]]
        return entries, Position(rows[-1]["seq"]) if rows else position

    async def verify(self) -> Chain:
        chain, position = Chain(0, "", None), 0
        while rows := await self._database.all(audit.OF_ALL, position=position, most=_PAGE):
            chain, position = followed(chain, rows), rows[-1]["seq"]
        return chain
