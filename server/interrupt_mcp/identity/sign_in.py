"""Sign-in: somebody proves who they are at a provider, in a browser that comes back with a code (OpenID Connect).

It keeps nothing between the two: whoever begins hands the same proofs in again when the browser comes back. It knows no
cookie and no page.
"""

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.identity.claims import groups_of, principal_of, scopes_in
from interrupt_mcp.identity.fetching import fetched
from interrupt_mcp.identity.provider import Metadata, Provider
from interrupt_mcp.identity.signed import DoesNotCount, claims_of
from interrupt_mcp.model import Access
from interrupt_mcp.text.visible import visible
from interrupt_mcp.words import Scope

log = logging.getLogger(__name__)
SECONDS = 600
"""How long somebody may take at the provider."""
_KINDS = ("jwt",)
_UNASKED = frozenset((Scope.RUN, Scope.READ, Scope.DECIDE))
"""What somebody may do at the pages whose provider knows nothing of our scopes."""
_LONGEST_CODE = 4096
_SHOWN = 200


class NotSignedIn(Exception):
    """Somebody is not signed in; the text is a sentence for them that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What shows that an answer belongs to what one browser began; nobody else can guess any of it."""

    state: str
    nonce: str
    verifier: str
    """Of 43 characters or more (RFC 7636)."""


class SignIn:
    """Sign-in by the provider of the settings."""

    def __init__(self, provider: Provider, client_id: str, secret: Callable[[], str | None]) -> None:
        """`secret` looks up the client's secret when it is needed; a public client has none."""
        self._provider = provider
        self._client_id = client_id
        self._secret = secret

    @property
    def host(self) -> str:
        """What people know the provider by."""
        return self._provider.host

    async def address(self, back: str, proofs: Proofs) -> str:
        """Return where a browser is sent, which comes back to the address `back`.

        Raises:
            Unavailable: the provider does not answer, or signs nobody in by a browser.
        """
        metadata = await self._provider.metadata()
        if not metadata.authorization_endpoint or not metadata.token_endpoint:
            raise Unavailable(f"The OpenID provider {self.host} signs nobody in with a browser")
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": back,
            "scope": " ".join(("openid", "profile", *sorted(_listed(metadata)))),
            "state": proofs.state,
            "nonce": proofs.nonce,
            "code_challenge": _challenge(proofs.verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"

    async def access(self, answer: Mapping[str, str], back: str, proofs: Proofs) -> Access:
        """Return who came back with that answer, and what they may do.

        Raises:
            NotSignedIn: it is no answer to what was begun, the provider says no, or what it says does not count.
            Unavailable: the provider does not answer, or does not take this server as its client.
        """
        metadata = await self._provider.metadata()
        code = self._code(answer, metadata, proofs)
        given = await self._exchanged(code, metadata, back, proofs)
        try:
            claims = await self._claims(given, proofs)
            principal = principal_of(claims)
        except DoesNotCount as why:
            log.warning("an ID token of %s does not count: %s", self._provider.oauth.issuer, why)
            raise NotSignedIn(f"What {self.host} says of you does not count: {why}. Sign in again.") from None
        return Access(principal, _scopes(given, metadata), groups_of(claims, self._provider.oauth.groups_claim))

    def _code(self, answer: Mapping[str, str], metadata: Metadata, proofs: Proofs) -> str:
        if "error" in answer and "state" not in answer:
            # Some say no without it. Anybody else may have written what it says.
            raise NotSignedIn(f"{self.host} did not sign you in. Sign in again, or ask whoever runs it.")
        if not hmac.compare_digest(answer.get("state", "").encode("utf-8", "replace"), proofs.state.encode()):
            raise NotSignedIn("This is no answer to a sign-in that this browser began. Sign in again.")
        issuer = answer.get("iss")
        if issuer != self._provider.oauth.issuer and (issuer is not None or metadata.names_itself):
            log.warning("an answer to a sign-in at %s names another issuer, or none", self._provider.oauth.issuer)
            raise NotSignedIn(f"The answer does not come from {self.host}. Sign in again.")
        if "error" in answer:
            said = ": ".join(answer[name] for name in ("error", "error_description") if answer.get(name))
            said = f"{self.host} did not sign you in, and says: {visible(said[:_SHOWN])}"
            raise NotSignedIn(f"{said}. Sign in again, or ask whoever runs it.")
        code = answer.get("code", "")
        if not code or len(code) > _LONGEST_CODE:
            raise NotSignedIn(f"The answer of {self.host} has no code in it. Sign in again.")
        return code

    async def _exchanged(self, code: str, metadata: Metadata, back: str, proofs: Proofs) -> Mapping[str, Any]:
        """Return what the provider gives for the code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": proofs.verifier,
            "client_id": self._client_id,
        }
        secret, auth = self._secret(), None
        if secret is not None and "client_secret_basic" in metadata.client_proofs:
            auth = quote_plus(self._client_id), quote_plus(secret)
        elif secret is not None and "client_secret_post" in metadata.client_proofs:
            form["client_secret"] = secret
        elif secret is not None:
            raise Unavailable(f"The OpenID provider {self.host} takes no secret of a client")
        status, given = await fetched(metadata.token_endpoint, form, auth)
        if status == 200:
            return given
        error = visible(str(given.get("error", ""))[:_SHOWN])
        log.warning("%s gives no token, but status %d %s", self.host, status, error)
        if 400 <= status < 500 and error == "invalid_grant":
            raise NotSignedIn(f"{self.host} takes that sign-in no more: it was used, or took too long. Sign in again.")
        raise Unavailable(f"The OpenID provider {self.host} gives this server no token ({error or status})")

    async def _claims(self, given: Mapping[str, Any], proofs: Proofs) -> Mapping[str, Any]:
        """Return the claims of the ID token, which was made for this client in this sign-in."""
        token = given.get("id_token")
        if not isinstance(token, str):
            raise DoesNotCount("there is no ID token")
        claims = await claims_of(token, self._provider, self._client_id, _KINDS)
        if not isinstance(nonce := claims.get("nonce"), str) or not hmac.compare_digest(
            nonce.encode("utf-8", "replace"), proofs.nonce.encode()
        ):
            raise DoesNotCount("it belongs to another sign-in")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._client_id) != self._client_id:
            raise DoesNotCount("it is made for another client")
        if "iat" not in claims:
            raise DoesNotCount("it has no iat")
        return claims


def sign_in_of(provider: Provider, environ: Mapping[str, str]) -> SignIn | None:
    """Return how people sign in by the provider; `None` where the settings say nothing of a client there."""
    oauth = provider.oauth
    if oauth.client_id is None:
        return None

    def secret() -> str | None:
        if (name := oauth.client_secret_env) is None:
            return None
        if found := environ.get(name, "").strip():
            return found
        log.error("the variable %s is not set, which holds the secret of the client at the OpenID provider", name)
        raise Unavailable(f"The variable {name} is not set, which holds the secret that the provider knows us by")

    return SignIn(provider, oauth.client_id, secret)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _listed(metadata: Metadata) -> frozenset[Scope]:
    """Return those of our scopes that the provider says it knows."""
    return frozenset(scope for scope in Scope if scope in metadata.scopes)


def _scopes(given: Mapping[str, Any], metadata: Metadata) -> frozenset[Scope]:
    """Return what was granted: where the provider does not say, all that was asked for (RFC 6749, 5.1)."""
    if not (asked := _listed(metadata)):
        return _UNASKED
    return asked if given.get("scope") is None else asked & scopes_in(given["scope"])
