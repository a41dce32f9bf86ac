"""Identity: who somebody is, by what they prove: a token of the operator's, or one of an OpenID provider.

It knows tokens and providers, not what whoever brings them may do with what is here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from interrupt_mcp.model import Access

IN_SCOPE = "interrupt_mcp.bearer"
"""Under which name the bearer stands in the ASGI scope of an HTTP request that came with a token that counts."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever brought a token that counts."""

    access: Access
    key: str
    """The token's hash: what began with the token ends with it."""
    expires_at: datetime | None
    """When the token counts no more by itself."""


class Bearers(Protocol):
    """Finds out whose a token is."""

    async def known(self, token: str) -> Bearer | None:
        """Return its bearer; `None` where it does not count, for whatever reason, which only the log is told.

        Raises:
            Unavailable: that cannot be found out now, as where the provider does not answer.
        """
