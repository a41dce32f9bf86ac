"""Sessions of clients that begin with a handshake: where there are too many, the one that is idle longest is ended.

Its client is told so when it comes again, and begins a new one, as the protocol says. It knows no messages.
"""

import math

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

_MOST = 2000
"""Sessions at once. One that nobody used for half an hour ends by itself."""
_FOR_EACH_REQUEST = 20
"""Sessions for each request that may be in progress, where few may."""


def most_sessions(most_requests: int) -> int:
    """Return how many sessions there may be where so many requests may be in progress."""
    return min(_MOST, _FOR_EACH_REQUEST * most_requests)


class Sessions:
    """The sessions of one process."""

    def __init__(self, manager: StreamableHTTPSessionManager, most: int) -> None:
        self._manager = manager
        self._most = most

    async def make_room(self) -> None:
        """End the session that is idle longest where there are as many as there may be; none that is in use."""
        # By itself the library would refuse all new clients, as long as the idle sessions of others last.
        known = self._manager._server_instances
        while len(known) >= self._most:
            idle = [(scope.deadline, id_) for id_, one in known.items() if (scope := one.idle_scope) is not None]
            deadline, oldest = min(idle, default=(math.inf, ""))
            if deadline == math.inf:
                return
            await self._manager._discard_session(oldest, known[oldest])
