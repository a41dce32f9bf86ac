"""What the rest may ask of the store. A database is a folder that answers it; `sql/` is what SQL databases share.

Everything is asked within a reach: what is outside it is told as if it had never been. When a method that changes
something returns, the change is on disk. It knows no database.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol

from interrupt_mcp.store.port.audit import Audit
from interrupt_mcp.store.port.clients import Clients
from interrupt_mcp.store.port.interrupts import Interrupts
from interrupt_mcp.store.port.journal import Checkpoints, Journal
from interrupt_mcp.store.port.runs import Enqueue, Runs
from interrupt_mcp.store.port.sessions import Sessions
from interrupt_mcp.store.port.threads import Threads
from interrupt_mcp.store.port.tokens import Tokens
from interrupt_mcp.store.records import ClaimedRun, Reach

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.store.port.leases import Leases
    from interrupt_mcp.store.port.queue import Queue
    from interrupt_mcp.store.serializer import Types

__all__ = [
    "Audit",
    "Checkpoints",
    "Clients",
    "Database",
    "Enqueue",
    "Interrupts",
    "Journal",
    "Runs",
    "Sessions",
    "Store",
    "Threads",
    "Tokens",
]


class Database(Protocol):
    """An open database, which stores of several reaches and owners may share."""

    def store(self, reach: Reach, owner: str) -> "Store":
        """Return the store within this reach; `owner` is who drives runs in this process."""

    def leases(self) -> "Leases | None":
        """Return a way to the leases of all processes; `None` where they know each other by files of one machine."""

    def close(self) -> None:
        """Wait until what was submitted is on disk, and take no more."""


class Store(Protocol):
    """What one process keeps, as an owner of runs, and can look up, within a reach."""

    owner: str

    @property
    def runs(self) -> Runs: ...
    @property
    def interrupts(self) -> Interrupts: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def clients(self) -> Clients: ...
    @property
    def tokens(self) -> Tokens: ...

    @property
    def queue(self) -> "Queue | None":
        """The queue of the project's runs that are to be driven; none where the database has none."""

    def within(self, reach: Reach) -> "Store":
        """Return the store within another reach of the same project, for the same owner of runs."""

    def journal(self, claimed: ClaimedRun) -> Journal:
        """Return the journal that the driver of the run writes to."""

    def checkpoints(self, journal: Journal | None = None, types: "Types" = ()) -> Checkpoints:
        """Return LangGraph's checkpointer for one drive, or, without a journal, for somebody who only looks.

        Values of LangGraph's own types and of these are read as objects; others as the plain data they hold.
        """

    def agent_memory(self, config: Mapping[str, Any]) -> "AbstractAsyncContextManager[BaseStore]":
        """Return LangGraph's store for agents, which keeps items across threads; it is within the reach, too.

        `config` is the `store` of `langgraph.json`: an `index` for semantic search, whose `embed` is LangChain's object
        or what LangGraph makes one of, and a `ttl`.
        """

    def settle(self, seconds: float) -> None:
        """Wait until what was written is on disk, at most so long; from any thread."""
