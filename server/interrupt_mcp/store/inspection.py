"""An inspection of a database: what it is like, found out without changing anything. It knows no database."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from interrupt_mcp.store.records import Reach

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Store


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database is found."""

    size: int
    """Bytes, of all its files."""
    schema: int
    """The version that it is laid out in."""
    newest: int
    """The version that this program lays out."""
    journal_mode: str
    """In the database's own word."""
    damage: str | None
    """What is wrong with its contents, empty where nothing is; `None` where it is too large to look quickly."""
    moved: str | None = None
    """Where what is in it was moved, or is being moved to, in one sentence: nothing is kept in it any more."""

    @property
    def current(self) -> bool:
        """Whether this program reads it as it is."""
        return self.schema == self.newest


@dataclass(frozen=True, slots=True)
class Server:
    """How a PostgreSQL server, and the database of it, are found."""

    version: str
    user: str
    """As whom one is let in."""
    local: bool
    """Whether nothing that is said to it leaves this machine."""
    encrypted: bool
    checked: bool
    """Whether it is checked who it is, by its certificate."""
    pooler: bool
    """Whether the address leads through a pooler of connections."""
    schema: int
    """The version that the database is laid out in; 0 where it is not."""
    newest: int
    """The version that this program lays out."""
    lays_out: bool
    """Whether this user may lay it out."""
    lacking: tuple[str, ...]
    """The tables that this user may not use as a server does."""
    living: int
    """Processes that live on it."""
    ahead: float
    """Seconds by which its clock is ahead of this machine's."""
    connections_left: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a project has in a database."""

    runs: int
    threads: int
    entries: int
    """Of the record, in all projects of the database."""


class Inspected(Protocol):
    """A database that is looked at. What is below may be asked only where its condition is that of this program."""

    condition: Condition

    def store(self, reach: Reach) -> "Store":
        """Return the store within this reach, of which only what changes nothing may be asked."""

    def counts(self, reach: Reach) -> Counts:
        """Return how much there is within this reach."""

    def secret(self) -> str | None:
        """Return the secret of the store; `None` where it has none yet."""


Inspecting = AbstractContextManager[Inspected]
