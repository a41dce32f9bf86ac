"""Who is known to the store: people with a session at the pages, tokens, and clients. It knows no database."""

from dataclasses import dataclass
from datetime import datetime

from interrupt_mcp.model import Access, Principal, PrincipalKind, Scope


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in at the pages, in one browser."""

    session_id: str
    access: Access
    program: str
    """What their browser calls itself."""
    began_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: not what it is, but what it lets its bearer do, as whom and until when."""

    name: str
    """Of its principal, which may have several."""
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """When it was used last, to within a minute."""
    revoked_at: datetime | None

    @property
    def principal(self) -> Principal:
        return Principal(PrincipalKind.TOKEN, self.name)


@dataclass(frozen=True, slots=True)
class Client:
    """A client as it presents itself. All of it is its own word."""

    name: str
    version: str
    protocol: str
    """The revision of MCP in which it calls."""
    over: str
    """`stdio` or `http`."""
    declared: tuple[str, ...] = ()
    """What it can do, in MCP's words, sorted: `elicitation.form`, `sampling`, and `extensions.` with an id."""


@dataclass(frozen=True, slots=True)
class SeenClient:
    """A client, and when it called last, to within some minutes."""

    client: Client
    seen_at: datetime
