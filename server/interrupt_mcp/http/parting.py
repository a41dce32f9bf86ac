"""Parting: once a process is to leave, each of its answers ends its connection: the next request goes elsewhere.

It knows ASGI, and neither who asks nor what.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLOSE = (b"connection", b"close")


class Parting:
    """An ASGI application in front of all others."""

    def __init__(self, app: ASGIApp, leaving: Callable[[], bool]) -> None:
        self._app = app
        self._leaving = leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def parting(message: Message) -> None:
            if message["type"] == "http.response.start" and self._leaving():
                others = [each for each in message.get("headers", ()) if each[0].lower() != _CLOSE[0]]
                message = {**message, "headers": [*others, _CLOSE]}
            await send(message)

        await self._app(scope, receive, parting if scope["type"] == "http" else send)
