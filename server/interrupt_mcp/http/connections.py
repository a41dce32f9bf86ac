"""Connections: those on which no whole request came yet are closed after a while, and the oldest for a new one.

So however many are opened and left, one more is taken, whoever may need it. It knows sockets and HTTP, not requests.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_SECONDS = 15.0
"""In which a whole request has come; a little more than its body alone is given, which is answered."""
_READ_SECONDS = 30.0
"""In which a client that stopped reading goes on."""


class Connections:
    """All that are open, of which there are at most so many, unless a request is in progress on each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Connection] = set()
        self._waiting: dict[Connection, None] = {}
        """Those on which no request is in progress, the one that waits longest first."""

    def opened(self, connection: "Connection") -> None:
        self._open.add(connection)
        self._waiting[connection] = None
        while len(self._open) > self._most:
            oldest = next(iter(self._waiting))
            if oldest is connection:
                return
            self.lost(oldest)
            oldest.transport.abort()

    def waits(self, connection: "Connection", *, waits: bool) -> None:
        if not waits:
            self._waiting.pop(connection, None)
        elif connection in self._open:
            self._waiting.setdefault(connection)

    def lost(self, connection: "Connection") -> None:
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def protocol(self) -> type[asyncio.Protocol]:
        """What uvicorn makes of each that is opened."""
        return type("Connection", (Connection,), {"registry": self})


class Connection(H11Protocol):
    """One of them."""

    registry: Connections

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.registry.opened(self)
        self._note()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._note()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._note()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(_READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stuck = _without(self._stuck)

    def connection_lost(self, exc: Exception | None) -> None:
        self.registry.lost(self)
        self._deadline, self._stuck = _without(self._deadline), _without(self._stuck)
        super().connection_lost(exc)

    def _note(self) -> None:
        """See whether a request is in progress that came whole."""
        waits = self.cycle is None or self.cycle.more_body or self.cycle.response_complete
        self.registry.waits(self, waits=waits)
        if not waits:
            self._deadline = _without(self._deadline)
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(_SECONDS, self.transport.abort)


def _without(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """What is left of a timer that is not needed any more."""
    if timer is not None:
        timer.cancel()
    return None
