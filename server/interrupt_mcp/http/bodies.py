"""Bodies of requests: each is read whole before anything is done with it.

It must come within a size and a time, and all bodies together may take only so many bytes. It knows ASGI, not what
bodies say.
"""

import itertools
from dataclasses import dataclass, field

import anyio
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

_SECONDS = 10.0
"""How long a body may take to come."""
_MOST = 64 * 1024 * 1024
"""Bytes of all bodies that are not whole yet: beyond that, reading the largest of them is given up."""


class Late(Exception):
    """The body did not come in time."""


class TooLarge(Exception):
    """The body has more bytes than are taken."""


@dataclass(slots=True)
class _Reading:
    """A body as far as it came."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    """In bytes."""
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)


class Bodies:
    """The bodies that one process is reading."""

    def __init__(self) -> None:
        self._reading: dict[int, _Reading] = {}
        self._number = itertools.count()

    async def whole(self, receive: Receive, largest: int) -> bytes:
        """Read a request's body to its end and return it; `largest` is in bytes.

        Raises:
            Late, TooLarge: it is not taken.
            ClientDisconnect: the client left before the end.
        """
        number = next(self._number)
        reading = self._reading[number] = _Reading()
        try:
            with reading.scope, anyio.move_on_after(_SECONDS):
                await self._read(reading, receive, largest)
                return b"".join(reading.parts)
            raise Late
        finally:
            del self._reading[number]

    async def _read(self, reading: _Reading, receive: Receive, largest: int) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            reading.parts.append(part)
            reading.size += len(part)
            if reading.size > largest:
                raise TooLarge
            if not message.get("more_body", False):
                return
            if sum(each.size for each in self._reading.values()) > _MOST:
                max(self._reading.values(), key=lambda each: each.size).scope.cancel()


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body that was read already, and then whatever else comes."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
