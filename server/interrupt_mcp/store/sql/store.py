"""What the stores of databases that speak SQL share."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from interrupt_mcp.store.records import ClaimedRun, Reach
from interrupt_mcp.store.sql.audit import SqlAudit
from interrupt_mcp.store.sql.clients import SqlClients
from interrupt_mcp.store.sql.interrupts import SqlInterrupts
from interrupt_mcp.store.sql.journal import SqlJournal
from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.runs import SqlRuns
from interrupt_mcp.store.sql.sessions import SqlSessions
from interrupt_mcp.store.sql.threads import SqlThreads
from interrupt_mcp.store.sql.tokens import SqlTokens
from interrupt_mcp.store.sql.transaction import Database

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Journal
    from interrupt_mcp.store.port.queue import Queue

_MOST_REACHES = 1000


class SqlStore(ABC):
    """See `store.port.Store`."""

    def __init__(self, scope: Database, owner: str, layout: Layout) -> None:
        self.reach = scope.reach
        self.owner = owner
        self._layout = layout
        self._within: dict[Reach, Self] = {}
        self._scope = scope
        self.interrupts = SqlInterrupts(scope)
        self.runs = SqlRuns(scope, owner, self.interrupts)
        self.threads = SqlThreads(scope, owner, layout)
        self.audit = SqlAudit(scope)
        self.sessions = SqlSessions(scope)
        self.clients = SqlClients(scope)
        self.tokens = SqlTokens(scope)
        self.queue: Queue | None = None

    @abstractmethod
    def _at(self, reach: Reach) -> Self:
        """Return the store within another reach."""

    def within(self, reach: Reach) -> Self:
        # It keeps nothing that changes, and is asked for with each call of a client.
        if (found := self._within.get(reach)) is None:
            if len(self._within) >= _MOST_REACHES:
                self._within.clear()
            found = self._within[reach] = self._at(reach)
        return found

    def journal(self, claimed: ClaimedRun) -> SqlJournal:
        return SqlJournal(self._scope, claimed, self.owner, self._layout)

    def _read_by(self, journal: "Journal | None") -> tuple[Reach, SqlJournal | None]:
        """Return the reach of the checkpoints that the journal's run reads, and the journal."""
        if journal is None:
            return self.reach, None
        assert isinstance(journal, SqlJournal), "a journal of this store"
        # An agent that runs reads what the run's principal may, also through another agent that it runs.
        return replace(self.reach, principal=journal.principal), journal
