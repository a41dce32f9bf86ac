"""Connections: the idle ones, on which no whole request is in progress, are closed after a while.

Where there are too many, the one that is idle longest is closed for a new one: however many are opened and left, one
more is taken. It knows sockets and HTTP, not what requests ask.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_SECONDS = 15.0
"""How long a whole request may take to come; longer than its body alone may, so that a late body is answered."""
_READ_SECONDS = 30.0
"""How long a client that stopped reading may take to go on."""


class Connections:
    """All open connections: at most so many, unless a request is in progress on each of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Connection] = set()
        self._idle: dict[Connection, None] = {}
        """Those on which no request is in progress, the one that is idle longest first."""

    def opened(self, connection: "Connection") -> None:
        """Count a new connection, and close idle ones where there are too many now."""
        self._open.add(connection)
        self._idle[connection] = None
        while len(self._open) > self._most:
            oldest = next(iter(self._idle))
            if oldest is connection:
                return
            self.lost(oldest)
            oldest.transport.abort()

    def set_idle(self, connection: "Connection", *, idle: bool) -> None:
        """Keep whether no request is in progress on an open connection."""
        if not idle:
            self._idle.pop(connection, None)
        elif connection in self._open:
            self._idle.setdefault(connection)

    def lost(self, connection: "Connection") -> None:
        """Count a connection no more."""
        self._open.discard(connection)
        self._idle.pop(connection, None)

    def protocol(self) -> type[asyncio.Protocol]:
        """Return the class that uvicorn makes an object of for each connection that is opened."""
        return type("Connection", (Connection,), {"registry": self})


class Connection(H11Protocol):
    """One connection, which says when it is opened, idle and lost."""

    registry: Connections
    """All connections, this one among them."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._deadline: asyncio.TimerHandle | None = None
        """Closes the connection unless a whole request comes before."""
        self._stuck: asyncio.TimerHandle | None = None
        """Closes the connection unless the client reads on before."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.registry.opened(self)
        self._note_idle()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._note_idle()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._note_idle()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(_READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stuck = _cancelled(self._stuck)

    def connection_lost(self, exc: Exception | None) -> None:
        self.registry.lost(self)
        self._deadline, self._stuck = _cancelled(self._deadline), _cancelled(self._stuck)
        super().connection_lost(exc)

    def _note_idle(self) -> None:
        """Keep whether a whole request is in progress; close the connection after a while if none is."""
        idle = self.cycle is None or self.cycle.more_body or self.cycle.response_complete
        self.registry.set_idle(self, idle=idle)
        if not idle:
            self._deadline = _cancelled(self._deadline)
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(_SECONDS, self.transport.abort)


def _cancelled(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Cancel the timer, if there is one; return `None`, to stand in its place."""
    if timer is not None:
        timer.cancel()
    return None
