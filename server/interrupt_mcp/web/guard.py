"""The guard before the pages: who may connect, by which name, from which page, and what browsers are told with it.

Loopback is shared by all users of a machine, and any page in a browser can send requests to it. It knows no session.
"""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interrupt_mcp.http.bodies import Bodies, Late, TooLarge, replayed
from interrupt_mcp.web.connection import is_nobody_of_ours

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a form that is sent: a megabyte of text takes three where each character is escaped."""
SIGN_IN = "/inbox/sign-in"
_READING = ("GET", "HEAD")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With `no-referrer` browsers would send forms of ours with the origin `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PRIVATE = "no-store"


class Guard:
    """An ASGI application in front of the pages."""

    def __init__(
        self, app: ASGIApp, names: Sequence[str], moved: Callable[[], Awaitable[str]], *, alone: bool = True
    ) -> None:
        """`names` are those by which a request may call this server, with the port, as in a `Host` header.

        `moved` tells where the pages are served by now, where that is somewhere else. Where they are not this user's
        `alone`, whoever comes signs in, mostly through a proxy, which is another user's process.
        """
        self._alone = alone
        self._app = app
        self._names = frozenset(names)
        self._moved = moved
        self._bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _PRIVATE)
            await send(message)

        refused = self._refused(scope)
        if refused is None and scope["method"] in _READING and (address := await self._moved()):
            query = scope["query_string"].decode("latin-1")
            refused = RedirectResponse(f"{address}{scope['path']}{'?' if query else ''}{query}", 307)
        if refused is None and scope["method"] == "POST":
            try:
                receive = replayed(await self._bodies.whole(receive, LARGEST_BODY), receive)
            except ClientDisconnect:
                return
            except Late:
                refused = PlainTextResponse("The form did not come in time. Send it again.", 408)
            except TooLarge:
                refused = PlainTextResponse(f"The form has more than {LARGEST_BODY:,} bytes.", 413)
        await (self._app if refused is None else refused)(scope, receive, guarded)

    def _refused(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is not let through; none to one that is."""
        headers = Headers(scope=scope)
        if scope["method"] not in (*_READING, "POST"):
            return PlainTextResponse("Pages are read with GET, and forms are sent with POST.", 405)
        if self._alone and is_nobody_of_ours(scope):
            return PlainTextResponse("These pages are another user's of this machine.", 403)
        if headers.get("host", "").lower() not in self._names:
            return PlainTextResponse("This server has another name; use the address that it told.", 421)
        if scope["method"] == "POST" and not self._is_ours(headers, scope["path"]):
            return PlainTextResponse("Another site sent this form. Nothing was done.", 403)
        return None

    def _is_ours(self, headers: Headers, path: str) -> bool:
        """Whether a form was sent from a page of ours, or signs in from a file of the user's own."""
        origin = headers.get("origin", "")
        # A file has no origin. Nothing but its secret counts there.
        if origin == "null" and path == SIGN_IN:
            return True
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        try:
            sent_from = urlsplit(origin)
        except ValueError:
            return False
        return sent_from.scheme in ("http", "https") and sent_from.netloc.lower() in self._names
