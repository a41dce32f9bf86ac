"""The store on SQLite."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.store import SqlStore
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.langgraph_tables import LAYOUT
from interrupt_mcp.store.sqlite.scope import Scope

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.store.port import Journal
    from interrupt_mcp.store.serializer import Types
    from interrupt_mcp.store.sqlite.checkpointer import Checkpointer


class SqliteDatabase:
    """See `store.port.Database`."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def store(self, reach: Reach, owner: str) -> "SqliteStore":
        return SqliteStore(self._database, reach, owner)

    def leases(self) -> None:
        return None

    def close(self) -> None:
        self._database.close()


class SqliteStore(SqlStore):
    """See `store.port.Store`."""

    def __init__(self, database: Database, reach: Reach, owner: str) -> None:
        super().__init__(Scope(database, reach), owner, LAYOUT)
        self.database = database

    def _at(self, reach: Reach) -> "SqliteStore":
        return SqliteStore(self.database, reach, self.owner)

    def checkpoints(self, journal: "Journal | None" = None, types: "Types" = ()) -> "Checkpointer":
        from interrupt_mcp.store.sqlite.checkpointer import Checkpointer

        return Checkpointer(self.database, *self._read_by(journal), types)

    def agent_memory(self, config: Mapping[str, Any]) -> "AbstractAsyncContextManager[BaseStore]":
        from interrupt_mcp.store.sqlite.agent_memory import keeping

        return keeping(self.database, self.reach.project, config)

    def settle(self, seconds: float) -> None:
        self.database.settle(seconds)
