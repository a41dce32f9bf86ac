"""What may be asked about tokens, and kept of them. Of a token only its hash is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from interrupt_mcp.model import Scope
from interrupt_mcp.store.known import Token


class Tokens(Protocol):
    """The tokens of a project. They are the operator's to make and to revoke, whoever they are for."""

    async def make(self, hash_: str, name: str, scopes: frozenset[Scope], expires_at: datetime | None) -> Token:
        """Keep a new token, by its hash."""

    async def find(self, hash_: str) -> Token | None:
        """Return the token of that hash; `None` where there is none, it has expired, or it was revoked."""

    def used(self, hash_: str) -> None:
        """Keep that the token is used now, at most once a minute. Nobody waits for it."""

    async def listed(self) -> Sequence[Token]:
        """Return all tokens, revoked ones too, by name and age."""

    async def revoke(self, name: str) -> int:
        """Revoke all tokens of that name, and end the sessions that began with them; return how many they were."""
