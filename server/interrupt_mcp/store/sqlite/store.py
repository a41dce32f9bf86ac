"""The store on SQLite."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interrupt_mcp.store.records import ClaimedRun, Reach
from interrupt_mcp.store.sql.audit import SqlAudit
from interrupt_mcp.store.sql.clients import SqlClients
from interrupt_mcp.store.sql.interrupts import SqlInterrupts
from interrupt_mcp.store.sql.journal import SqlJournal
from interrupt_mcp.store.sql.runs import SqlRuns
from interrupt_mcp.store.sql.sessions import SqlSessions
from interrupt_mcp.store.sql.threads import SqlThreads
from interrupt_mcp.store.sql.tokens import SqlTokens
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.langgraph_tables import LAYOUT
from interrupt_mcp.store.sqlite.scope import Scope

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.store.port import Journal
    from interrupt_mcp.store.serializer import Types
    from interrupt_mcp.store.sqlite.checkpointer import Checkpointer


_MOST_REACHES = 1000


class SqliteDatabase:
    """See `store.port.Database`."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def store(self, reach: Reach, owner: str) -> "SqliteStore":
        return SqliteStore(self._database, reach, owner)

    def close(self) -> None:
        self._database.close()


class SqliteStore:
    """See `store.port.Store`."""

    def __init__(self, database: Database, reach: Reach, owner: str) -> None:
        self.reach = reach
        self.owner = owner
        self.database = database
        self._within: dict[Reach, SqliteStore] = {}
        self._scope = scope = Scope(database, reach)
        self.interrupts = SqlInterrupts(scope)
        self.runs = SqlRuns(scope, owner, self.interrupts)
        self.threads = SqlThreads(scope, owner, LAYOUT)
        self.audit = SqlAudit(scope)
        self.sessions = SqlSessions(scope)
        self.clients = SqlClients(scope)
        self.tokens = SqlTokens(scope)

    def within(self, reach: Reach) -> "SqliteStore":
        # It keeps nothing that changes, and is asked for with each call of a client.
        if (found := self._within.get(reach)) is None:
            if len(self._within) >= _MOST_REACHES:
                self._within.clear()
            found = self._within[reach] = SqliteStore(self.database, reach, self.owner)
        return found

    def journal(self, claimed: ClaimedRun) -> SqlJournal:
        return SqlJournal(self._scope, claimed, LAYOUT)

    def checkpoints(self, journal: "Journal | None" = None, types: "Types" = ()) -> "Checkpointer":
        from interrupt_mcp.store.sqlite.checkpointer import Checkpointer

        assert journal is None or isinstance(journal, SqlJournal), "a journal of this store"
        # An agent that runs reads what the run's principal may, also through another agent that it runs.
        reach = self.reach if journal is None else replace(self.reach, principal=journal.principal)
        return Checkpointer(self.database, reach, journal, types)

    def agent_memory(self, config: Mapping[str, Any]) -> "AbstractAsyncContextManager[BaseStore]":
        from interrupt_mcp.store.sqlite.agent_memory import keeping

        return keeping(self.database, self.reach.project, config)

    def settle(self, seconds: float) -> None:
        self.database.settle(seconds)
