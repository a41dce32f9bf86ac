"""The door for tokens: a request to the tools is passed on with who brought its token, or is answered here.

It knows headers and answers. Whose a token is, it asks; what its bearer may do, others say.
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser, BearerAuthBackend
from mcp.server.auth.provider import AccessToken, TokenVerifier
from pydantic import ConfigDict, Field, SkipValidation
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.http.challenges import Challenges
from interrupt_mcp.http.open_requests import OpenRequests
from interrupt_mcp.http.problems import problem
from interrupt_mcp.http.slowing import RETRY, TOO_MANY, Slowing
from interrupt_mcp.identity import IN_SCOPE, Bearer, Bearers

_LONGEST = 16 * 1024
"""Bytes of the header."""
_HEADER = re.compile(rb"bearer ([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
_IN_QUERY = "access_token"
_COMES_BACK = {"Retry-After": "5"}


class Known(AccessToken):
    """A token that counts, as the library knows tokens, with its bearer; what the token is stands nowhere in it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    bearer: SkipValidation[Bearer] = Field(exclude=True, repr=False)


class _Verifier(TokenVerifier):
    """Tells the library of tokens."""

    def __init__(self, bearers: Bearers) -> None:
        self._bearers = bearers

    async def verify_token(self, token: str) -> AccessToken | None:
        bearer = await self._bearers.known(token)
        if bearer is None:
            return None
        principal = bearer.access.principal
        return Known(
            token=bearer.key,
            # By these three the library knows whose a session is, and a question's state.
            client_id=str(principal),
            subject=principal.name,
            claims={"iss": str(principal.kind)},
            scopes=sorted(bearer.access.scopes),
            expires_at=None if bearer.expires_at is None else int(bearer.expires_at.timestamp()),
            bearer=bearer,
        )


class Door:
    """An ASGI application in front of the tools: nobody passes without a token that counts."""

    def __init__(
        self,
        app: ASGIApp,
        is_guarded: Callable[[str], bool],
        bearers: Bearers,
        challenges: Challenges,
        slowing: Slowing,
    ) -> None:
        """`is_guarded` says of a path whether nobody gets there without a token."""
        self._app = app
        self._is_guarded = is_guarded
        self._backend = BearerAuthBackend(_Verifier(bearers))
        self._challenges = challenges
        self._slowing = slowing
        self._open = OpenRequests(bearers, challenges)

    async def watch(self) -> None:
        """End requests in progress whose tokens count no more, until cancelled."""
        await self._open.watch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._is_guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        user = await self._user(scope)
        if isinstance(user, Response):
            await user(scope, receive, send)
            return
        known = user.access_token
        assert isinstance(known, Known)
        within = {**scope, IN_SCOPE: known.bearer}
        await self._open.carry(self._app, _token(scope), known.bearer, within, receive, send)

    async def _user(self, scope: Scope) -> AuthenticatedUser | Response:
        """Return who calls; or the answer to somebody who is not known."""
        if _is_in_query(scope):
            return self._challenges.in_the_address()
        if not _headers(scope):
            return self._challenges.nothing_sent()
        try:
            found = await self._backend.authenticate(HTTPConnection(scope)) if _token(scope) else None
        except Unavailable as error:
            return problem(503, f"{error.code}: {error}", _COMES_BACK)
        if found is not None:
            credentials, user = found
            assert isinstance(user, AuthenticatedUser)
            scope["auth"], scope["user"] = credentials, user
            return user
        if await self._slowing.wrong(scope):
            return self._challenges.does_not_count()
        return problem(429, f"busy: {TOO_MANY}", RETRY)


def _headers(scope: Scope) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == b"authorization"]


def _token(scope: Scope) -> str:
    """Return the token of the one header that is to bring it; empty where it is not as it has to be."""
    headers = _headers(scope)
    found = _HEADER.fullmatch(headers[0]) if len(headers) == 1 and len(headers[0]) <= _LONGEST else None
    return "" if found is None else found[1].decode("ascii")


def _is_in_query(scope: Scope) -> bool:
    query = scope.get("query_string", b"").decode("latin-1")
    return any(name.strip().lower() == _IN_QUERY for name, _ in parse_qsl(query, keep_blank_values=True))
