"""The issuer as an authorization server: it registers clients, shows no page, and gives codes and tokens at once."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.identity.issuer import Answer, Issuer

ALL = ("run", "read", "decide")
_METADATA = "/.well-known/oauth-authorization-server"


@dataclass
class Authorizing:
    """What was asked of it, and what it grants."""

    issuer: Issuer
    asked: list[Mapping[str, str]] = field(default_factory=list)
    """What each client that was sent there asked for."""
    renewed: int = 0
    """How often a token was given for a refresh token."""
    seconds: Callable[[], int] = lambda: 300
    """For how long it says that a token counts."""
    grants: Callable[[str], str] = lambda scope: scope
    """The scopes that are granted of those that are asked for."""
    subject: str = "ann"
    """Who is in front of the browser."""
    _codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def begin(self) -> None:
        """Have the issuer answer as such a server."""
        self.issuer.shows["/authorize"] = self._authorize
        self.issuer.takes["/register"] = self._register
        self.issuer.answers[_METADATA] = lambda: (200, self.metadata())
        self.issuer.gives = self._give

    def metadata(self) -> dict[str, Any]:
        """What RFC 8414 has it say of itself."""
        url = self.issuer.url
        return {
            "issuer": url,
            "jwks_uri": f"{url}/keys",
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "registration_endpoint": f"{url}/register",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": list(ALL),
            "authorization_response_iss_parameter_supported": True,
        }

    def _register(self, client: Mapping[str, Any]) -> Answer:
        return 201, {**client, "client_id": "registered", "token_endpoint_auth_method": "none"}

    def _authorize(self, asked: dict[str, str]) -> Answer:
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer.url}
        return 302, f"{asked['redirect_uri']}?{urlencode(back)}"

    def _give(self, form: dict[str, str]) -> Answer:
        if form.get("grant_type") == "refresh_token":
            self.renewed += 1
            asked = self._codes.get(form["refresh_token"])
        else:
            asked = self._codes.pop(form.get("code", ""), None)
            if asked is not None and not _is_proved(asked, form):
                asked = None
        return (400, {"error": "invalid_grant"}) if asked is None else (200, self._tokens(asked))

    def _tokens(self, asked: Mapping[str, str]) -> dict[str, Any]:
        refresh, scope = secrets.token_urlsafe(16), self.grants(asked["scope"])
        self._codes[refresh] = asked
        return {
            "access_token": self.issuer.token(aud=asked["resource"], sub=self.subject, scope=scope),
            "token_type": "Bearer",
            "expires_in": self.seconds(),
            "refresh_token": refresh,
            "scope": scope,
        }


def _is_proved(asked: Mapping[str, str], form: Mapping[str, str]) -> bool:
    """Whether it is the client that was given the code, and wants the token for the same server."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    same = all(asked.get(name) == form.get(name) for name in ("redirect_uri", "resource", "client_id"))
    return digest == asked["code_challenge"] and same
