"""Challenges: what a client is told that has to prove more, in words that it acts on (RFC 6750, RFC 9728)."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from interrupt_mcp.errors import Error, Forbidden, Unauthorized
from interrupt_mcp.http.problems import problem
from interrupt_mcp.words import Scope

_FIRST = (Scope.RUN, Scope.READ)
"""What a client asks its provider for that knows nothing yet. To decide is for people, who sign in at the pages."""


@dataclass(frozen=True, slots=True)
class Challenges:
    """How one server says it."""

    metadata: str = ""
    """The address of what it tells of its provider; empty where there is none."""

    def nothing_sent(self) -> Response:
        """Answer a request without a token."""
        return self._answer(401, Unauthorized("This server wants to know who calls"), scopes=_FIRST)

    def does_not_count(self, happened: str = "The token does not count: it is wrong, expired or revoked") -> Response:
        """Answer a request with a token that does not count."""
        return self._answer(401, Unauthorized(happened), "invalid_token", happened)

    def in_the_address(self) -> Response:
        """Answer a request with a token in its address."""
        happened = "A token in an address is never taken, since logs keep addresses: revoke it"
        return self._answer(400, Unauthorized(happened), "invalid_request", happened)

    def lacks(self, *needed: Scope) -> Response:
        """Answer a request whose token has none of the scopes of which it needs one."""
        happened = f"The token lacks the scope {' or '.join(needed)}"
        return self._answer(403, Forbidden(happened), "insufficient_scope", happened, needed[:1])

    def lacks_all(self) -> Response:
        """Answer a request whose token has no scope that this server knows."""
        happened = "The token has none of the scopes that this server knows"
        return self._answer(403, Forbidden(happened), "insufficient_scope", happened, _FIRST)

    def _answer(
        self, status: int, error: Error, word: str = "", happened: str = "", scopes: Sequence[Scope] = ()
    ) -> Response:
        said = {
            "error": word,
            "error_description": happened,
            "scope": " ".join(scopes) if word == "insufficient_scope" or self.metadata else "",
            "resource_metadata": self.metadata,
        }
        parts = ", ".join(f'{name}="{value}"' for name, value in said.items() if value)
        headers = {"WWW-Authenticate": f"Bearer {parts}".strip(), "Cache-Control": "no-store"}
        return problem(status, f"{error.code}: {error}", headers)
