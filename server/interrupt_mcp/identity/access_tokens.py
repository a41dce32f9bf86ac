"""Access tokens: JWTs that a provider made for this server, and whose they are."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from interrupt_mcp.identity import Bearer
from interrupt_mcp.identity.claims import groups_of, principal_of, scopes_in
from interrupt_mcp.identity.provider import Provider
from interrupt_mcp.identity.signed import DoesNotCount, claims_of
from interrupt_mcp.model import Access

log = logging.getLogger(__name__)
_KINDS = ("jwt", "at+jwt", "application/at+jwt")
_OF_OTHERS = ("nonce", "at_hash", "c_hash", "events")
"""Claims of tokens that say who somebody is, or that they left: whoever was shown one may not call with it."""
_OTHER_KINDS = ("id", "refresh", "offline", "logout")
"""What Keycloak calls such tokens, in a claim of its own."""


class ProviderBearers:
    """Finds out whose a provider's token is."""

    def __init__(self, provider: Provider, audience: str) -> None:
        """`audience` is for whom a token has to be made: this server, at its address."""
        self._provider = provider
        self._audience = audience

    async def known(self, token: str) -> Bearer | None:
        """Return its bearer; `None` where it does not count, for whatever reason, which only the log is told.

        Raises:
            Unavailable: the provider does not answer, and its keys are not known.
        """
        try:
            claims = await claims_of(token, self._provider, self._audience, _KINDS)
            return self._bearer(token, claims)
        except DoesNotCount as why:
            log.warning("a token for %s does not count: %s", self._provider.oauth.issuer, why)
            return None

    def _bearer(self, token: str, claims: Mapping[str, Any]) -> Bearer:
        kind = claims.get("typ")
        if any(name in claims for name in _OF_OTHERS) or (isinstance(kind, str) and kind.lower() in _OTHER_KINDS):
            raise DoesNotCount("it is no access token")
        said = claims["scope"] if "scope" in claims else claims.get("scp")
        groups = groups_of(claims, self._provider.oauth.groups_claim)
        access = Access(principal_of(claims), scopes_in(said), groups)
        return Bearer(access, hashlib.sha256(token.encode()).hexdigest(), _moment(claims["exp"]))


def _moment(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise DoesNotCount("it expires at no time that there is") from None
