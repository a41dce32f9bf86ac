"""The operator's tokens: what one looks like, and whose it is. It does not know how one came here."""

import re
from datetime import UTC, datetime, timedelta

from interrupt_mcp.identity import Bearer
from interrupt_mcp.model import Access
from interrupt_mcp.secret import hash_of, new_secret
from interrupt_mcp.store.port import Tokens

_PREFIX = "imcp_"
"""So that a token is known as one wherever it turns up."""
_TOKEN = re.compile(_PREFIX + r"[A-Za-z0-9_-]{43}")
_USED_PAUSE = timedelta(minutes=1)
"""How long one use after another is not told to the store: a call that only looks writes nothing."""


def new_token() -> str:
    """Return a token that nobody can guess."""
    return _PREFIX + new_secret()


def is_token(text: str) -> bool:
    """Whether it looks like one."""
    return _TOKEN.fullmatch(text) is not None


class TokenBearers:
    """See `identity.Bearers`: those who bring a token of the operator's."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def known(self, token: str) -> Bearer | None:
        if not is_token(token):
            return None
        key = hash_of(token)
        found = await self._tokens.find(key)
        if found is None:
            return None
        if found.used_at is None or datetime.now(UTC) - found.used_at > _USED_PAUSE:
            self._tokens.used(key)
        return Bearer(Access(found.principal, found.scopes), key, found.expires_at)
