"""A provider: what it says of itself, and its keys, as it says them now or said them lately.

It does not know what is done with them.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from interrupt_mcp.config.oauth import OAuth, is_address
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.identity.cached import Ages, Cached
from interrupt_mcp.identity.fetching import fetched, host_of
from interrupt_mcp.identity.jwks import SigningKey, fitting, signing_keys
from interrupt_mcp.text.visible import visible

log = logging.getLogger(__name__)
KEYS_AGES = Ages(fresh=300.0, kept=3600.0)
METADATA_AGES = Ages(fresh=3600.0, kept=24 * 3600.0)
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself."""

    jwks_uri: str
    authorization_endpoint: str
    """Empty, as the next one, where nobody can sign in there with a browser."""
    token_endpoint: str
    scopes: frozenset[str]
    """Those that it says it knows; it may know others."""
    client_proofs: frozenset[str]
    """How a client may prove who it is, when it asks for tokens."""
    names_itself: bool
    """Whether each of its answers to a browser says that it comes from this provider."""


class Provider:
    """The OpenID provider of the settings."""

    def __init__(self, oauth: OAuth, clock: Callable[[], float] = time.monotonic) -> None:
        self.oauth = oauth
        self._metadata = Cached(self._ask_for_metadata, METADATA_AGES, clock)
        self._keys = Cached(self._ask_for_keys, KEYS_AGES, clock)

    @property
    def host(self) -> str:
        """What people know it by."""
        return host_of(self.oauth.issuer)

    async def metadata(self) -> Metadata:
        """Return what it says of itself.

        Raises:
            Unavailable: it does not answer, or is not the one of the settings.
        """
        return await self._metadata.get()

    async def keys(self, kid: str | None, algorithm: str) -> Sequence[SigningKey]:
        """Return its keys of that id for the algorithm; for an id that is not known, it is asked again.

        Raises:
            Unavailable: it does not answer, and its keys are not known, or were read too long ago.
        """
        found = fitting(await self._keys.get(), kid, algorithm)
        return found if found or kid is None else fitting(await self._keys.newer(), kid, algorithm)

    async def _ask_for_metadata(self) -> Metadata:
        for address in _places(self.oauth.issuer):
            status, document = await fetched(address)
            if status == 200 and document:
                return self._read(document)
        raise self._unfit("has no metadata where OpenID and OAuth have it; see whether `auth.issuer` is right")

    async def _ask_for_keys(self) -> tuple[SigningKey, ...]:
        status, document = await fetched((await self.metadata()).jwks_uri)
        if status != 200 or not isinstance(document.get("keys"), list):
            raise self._unfit(f"gives no keys, but status {status}")
        return signing_keys(document)

    def _read(self, document: Mapping[str, Any]) -> Metadata:
        if (named := document.get("issuer")) != self.oauth.issuer:
            raise self._unfit(f"calls itself {visible(str(named)[:_SHOWN])}, and not as `auth.issuer` has it")
        endpoints = {name: self._endpoint(document, name) for name in _ENDPOINTS}
        if not endpoints["jwks_uri"]:
            raise self._unfit("does not say where its keys are")
        proofs = _texts(document, "token_endpoint_auth_methods_supported") or frozenset(("client_secret_basic",))
        names_itself = document.get("authorization_response_iss_parameter_supported") is True
        scopes = _texts(document, "scopes_supported")
        return Metadata(**endpoints, scopes=scopes, client_proofs=proofs, names_itself=names_itself)

    def _endpoint(self, document: Mapping[str, Any], name: str) -> str:
        """Return the address that it has under the name; empty where it has none."""
        address = document.get(name) or ""
        plain = self.oauth.issuer.startswith("http:")
        if address and not (isinstance(address, str) and is_address(address) and (plain or address[:6] == "https:")):
            raise self._unfit(f"has an address as its {name} at which it cannot be trusted")
        return str(address)

    def _unfit(self, why: str) -> Unavailable:
        log.error("the OpenID provider %s %s", self.host, why)
        return Unavailable(f"The OpenID provider {self.host} {why}")


_ENDPOINTS = ("jwks_uri", "authorization_endpoint", "token_endpoint")


def _places(issuer: str) -> Iterator[str]:
    """Yield where an issuer's metadata may be: as OpenID has it, as RFC 8414 has it, and where the two are mixed."""
    parts = urlsplit(issuer)
    path, root = parts.path.rstrip("/"), f"{parts.scheme}://{parts.netloc}"
    openid, oauth = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"
    yield from dict.fromkeys((f"{root}{path}{openid}", f"{root}{oauth}{path}", f"{root}{openid}{path}"))


def _texts(document: Mapping[str, Any], name: str) -> frozenset[str]:
    listed = document.get(name)
    return frozenset(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else frozenset()
