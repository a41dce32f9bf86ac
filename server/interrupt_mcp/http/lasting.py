"""Lasting sessions: one that a client began with a handshake goes on in whichever process its client comes to.

A process that does not know a session begins it for itself, as its client once did, and keeps the id that the client
has. So what cannot move is only what is open on a connection. It knows the handshake, not what comes after it.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import anyio
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.http.bodies import replayed
from interrupt_mcp.http.permission import whose
from interrupt_mcp.http.problems import problem
from interrupt_mcp.http.session_ids import Hello, SessionIds, hello_in, is_sealed
from interrupt_mcp.secret import hash_of

if TYPE_CHECKING:
    from interrupt_mcp.http.sessions import Sessions

_ID = b"mcp-session-id"
_REVISION = MCP_PROTOCOL_VERSION_HEADER.encode()
_LOOKED_AT = (b"host", b"origin")
"""Headers of a request by which those are let through that are made in its client's place."""
_MADE = [(b"content-type", b"application/json"), (b"accept", b"application/json, text/event-stream")]
_AGAIN = {"Retry-After": "1"}
_INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


class Lasting:
    """An ASGI application in front of the one that has this process's sessions, each under a name of its own."""

    def __init__(self, app: ASGIApp, path: str, known: "Sessions", ids: SessionIds) -> None:
        """Requests to other paths than `path` are passed on; `known` are the sessions that the application has."""
        self._app = app
        self._path = path
        self._known = known
        self._ids = ids
        self._names: dict[str, str] = {}
        """What the application calls a session, by the hash of the id that its client has."""
        self._taking_up: dict[str, anyio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path or not _is_of_handshakes(scope):
            await self._app(scope, receive, send)
            return
        session_id = _header(scope, _ID)
        if is_sealed(session_id):
            refused = await self._carried(session_id, scope, receive, send)
            if refused is not None:
                await refused(scope, receive, send)
        elif not session_id and scope["method"] == "POST":
            await self._begun(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _begun(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that may begin a session, and give its client an id that all processes can read."""
        first = await receive()
        body: bytes = first.get("body", b"")
        receive = replayed(body, receive) if first["type"] == "http.request" else _told(first)
        session_id = "" if (hello := hello_in(body)) is None else await self._made(hello, scope)
        if session_id:
            key = hash_of(session_id)

            def note(name: str) -> None:
                self._note(key, name)

            send = _renaming(send, session_id, note)
        await self._app(scope, receive, send)

    async def _made(self, hello: Hello, scope: Scope) -> str:
        try:
            return await self._ids.made(hello, whose(scope))
        except Unavailable:
            # The application's own name for it counts here, and the tools say what is wrong.
            return ""

    async def _carried(self, session_id: str, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Pass on a request of a session; return the answer to one that is not."""
        key = hash_of(session_id)
        try:
            hello = await self._ids.read(session_id, whose(scope))
            if hello is None:
                return _no_session()
            if await self._ids.ended(session_id):
                await self._known.end(self._names.pop(key, ""))
                return _no_session()
            if scope["method"] == "DELETE":
                await self._ids.end(session_id)
                if not self._known.has(self._names.get(key, "")):
                    return Response()
            name = await self._name(key, hello, scope)
        except Unavailable as error:
            name = self._names.get(key, "")
            # A session that is known goes on, and the tools say what is wrong.
            if scope["method"] == "DELETE" or not self._known.has(name):
                return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{error.code}: {error}", _AGAIN)
        if not name:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "No session can be taken up now; try again.", _AGAIN)
        headers = [*((each, value) for each, value in scope["headers"] if each != _ID), (_ID, name.encode("latin-1"))]
        await self._app({**scope, "headers": headers}, receive, _renaming(send, session_id))
        return None

    async def _name(self, key: str, hello: Hello, scope: Scope) -> str:
        """Return what the application calls a session, which begins for it where it does not know it.

        Empty where it does not begin.
        """
        while not self._known.has(name := self._names.get(key, "")):
            if (taking_up := self._taking_up.get(key)) is not None:
                await taking_up.wait()
                continue
            taking_up = self._taking_up[key] = anyio.Event()
            try:
                if not (name := await self._taken_up(hello, scope)):
                    return ""
                self._note(key, name)
            finally:
                del self._taking_up[key]
                taking_up.set()
        return name

    async def _taken_up(self, hello: Hello, scope: Scope) -> str:
        """Begin a session in its client's place; return what the application calls it, empty where it refuses."""
        await self._known.make_room()
        name = await self._asked(hello.message(), scope)
        if name:
            await self._asked(_INITIALIZED, scope, name)
        return name

    async def _asked(self, message: Mapping[str, Any], scope: Scope, name: str = "") -> str:
        """Send a message as the client of that request would, and return the name of the session that it is of."""
        headers = [*_MADE, *(each for each in scope["headers"] if each[0] in _LOOKED_AT)]
        if name:
            headers.append((_ID, name.encode("latin-1")))
        found = ""

        async def answered(message: Message) -> None:
            nonlocal found
            if message["type"] == "http.response.start" and message["status"] < HTTPStatus.BAD_REQUEST:
                found = _header(message, _ID)

        receive = replayed(json.dumps(message).encode(), anyio.sleep_forever)  # type: ignore[arg-type]
        await self._app({**scope, "method": "POST", "headers": headers}, receive, answered)
        return found

    def _note(self, key: str, name: str) -> None:
        self._names[key] = name
        if len(self._names) > 2 * self._known.most:
            self._names = {each: kept for each, kept in self._names.items() if self._known.has(kept)}


def _renaming(send: Send, session_id: str, note: Callable[[str], None] | None = None) -> Send:
    """Return a `send` that tells the client its own id; `note` is told the application's name of one that begins."""

    async def renamed(message: Message) -> None:
        if message["type"] == "http.response.start" and (name := _header(message, _ID)):
            if note is not None and message["status"] < HTTPStatus.BAD_REQUEST:
                note(name)
            others = [each for each in message["headers"] if each[0].lower() != _ID]
            message = {**message, "headers": [*others, (_ID, session_id.encode("latin-1"))]}
        await send(message)

    return renamed


def _told(message: Message) -> Receive:
    """Return a `receive` that gives nothing but this."""

    async def again() -> Message:
        return message

    return again


def _no_session() -> Response:
    return problem(HTTPStatus.NOT_FOUND, "There is no such session, or no more. Begin a new one.")


def _is_of_handshakes(scope: Scope) -> bool:
    """Whether a request is of a revision whose clients begin with a handshake."""
    revision = _header(scope, _REVISION)
    return not revision or revision in HANDSHAKE_PROTOCOL_VERSIONS


def _header(of: Mapping[str, Any], name: bytes) -> str:
    """Return a header of a request or an answer; empty where there is none."""
    return next((value.decode("latin-1") for each, value in of["headers"] if each.lower() == name), "")
