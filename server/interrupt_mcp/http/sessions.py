"""Sessions of clients that begin with a handshake: for one more than there may be, the one idle longest is ended.

Its client is told so when it comes again, and begins a new one, as the protocol says. It knows no messages.
"""

import math

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

_MOST = 2000
"""One that nobody used for half an hour ends by itself."""
_FOR_EACH = 20
"""Request at once, where there are few."""


def most_sessions(most_requests: int) -> int:
    return min(_MOST, _FOR_EACH * most_requests)


class Sessions:
    """Those of one process."""

    def __init__(self, manager: StreamableHTTPSessionManager, most: int) -> None:
        self._manager = manager
        self._most = most

    async def make_room(self) -> None:
        """See that one more can begin, unless each of them is used at this moment."""
        # The library refuses everybody who is new, for as long as those are idle who came before.
        known = self._manager._server_instances
        while len(known) >= self._most:
            idle = [(scope.deadline, id_) for id_, one in known.items() if (scope := one.idle_scope) is not None]
            deadline, oldest = min(idle, default=(math.inf, ""))
            if deadline == math.inf:
                return
            await self._manager._discard_session(oldest, known[oldest])
