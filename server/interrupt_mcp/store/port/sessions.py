"""What may be asked about who is signed in at the pages, and kept of them; and which sessions of clients were ended.

Secrets are kept as hashes: whoever reads the database cannot sign in with what is there.
"""

from collections.abc import Sequence
from typing import Protocol

from interrupt_mcp.model import Access, Principal
from interrupt_mcp.store.known import Session


class Sessions(Protocol):
    """Sessions at the pages, and the secrets that begin one."""

    async def offer(self, hash_: str, principal: Principal, seconds: float) -> None:
        """Keep the hash of a secret that signs this principal in, once, within so many seconds."""

    async def offer_opening(self, hash_: str, principal: Principal, seconds: float, pause: float) -> float:
        """Do the same for a secret that a browser is opened with, at most one in `pause` seconds, whoever opens it.

        Return how many seconds are left of that pause; 0 where the secret was kept.
        """

    async def take(self, hash_: str) -> Principal | None:
        """Use a secret up, and return whom it signs in; `None` where it is none, was used, or is too old."""

    async def begin(self, hash_: str, access: Access, program: str, seconds: float, *, token_hash: str = "") -> Session:
        """Begin a session of that hash, which ends after so many seconds, and with the token it began with, if any.

        Raises:
            Unauthorized: that token does not count, or no more: it may have been revoked just now.
        """

    async def find(self, hash_: str) -> Session | None:
        """Return the session of that hash, unless it has ended."""

    async def seen(self, session_id: str, open_seconds: float) -> None:
        """Keep that the session was used, and that a page of it stays open for at least so long."""

    async def listed(self) -> Sequence[Session]:
        """Return all sessions that have not ended, newest first."""

    async def page_is_open(self) -> bool:
        """Whether a page of any session is open."""

    async def end(self, session_id: str) -> bool:
        """End a session; return whether there was one."""

    async def end_of_client(self, hash_: str, seconds: float) -> None:
        """Keep for so many seconds that a client ended its session, which has that hash."""

    async def ended_by_client(self, hash_: str) -> bool:
        """Whether a client ended its session of that hash."""
