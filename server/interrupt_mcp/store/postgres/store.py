"""The store on a PostgreSQL server."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.store.postgres.database import Database
from interrupt_mcp.store.postgres.jobs import Jobs
from interrupt_mcp.store.postgres.langgraph_tables import LAYOUT
from interrupt_mcp.store.postgres.leases import PostgresLeases
from interrupt_mcp.store.postgres.scope import Scope
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.store import SqlStore

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.store.port import Journal
    from interrupt_mcp.store.postgres.checkpointer import Checkpointer
    from interrupt_mcp.store.serializer import Types


class PostgresDatabase:
    """See `store.port.Database`."""

    def __init__(self, address: PostgresServer) -> None:
        self._database = Database(address)

    def store(self, reach: Reach, owner: str) -> "PostgresStore":
        return PostgresStore(self._database, reach, owner)

    def leases(self) -> PostgresLeases:
        return PostgresLeases(self._database.address, self._database.readers, self._database.find)

    def close(self) -> None:
        self._database.close()


class PostgresStore(SqlStore):
    """See `store.port.Store`."""

    def __init__(self, database: Database, reach: Reach, owner: str) -> None:
        scope = Scope(database, reach)
        super().__init__(scope, owner, LAYOUT)
        self.database = database
        self.queue = Jobs(scope, database.address)

    def _at(self, reach: Reach) -> "PostgresStore":
        return PostgresStore(self.database, reach, self.owner)

    def checkpoints(self, journal: "Journal | None" = None, types: "Types" = ()) -> "Checkpointer":
        from interrupt_mcp.store.postgres.checkpointer import Checkpointer

        return Checkpointer(self.database, *self._read_by(journal), types)

    def agent_memory(self, config: Mapping[str, Any]) -> "AbstractAsyncContextManager[BaseStore]":
        from interrupt_mcp.store.postgres.agent_memory import keeping

        return keeping(self.database, self.reach.project, config)

    def settle(self, seconds: float) -> None:
        self.database.settle(seconds)
