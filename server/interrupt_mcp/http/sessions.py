"""Sessions of clients that begin with a handshake: where there are too many, the one that is idle longest is ended.

It is one of whoever has most of them, so that nobody ends all others' by opening many. It is taken up again when its
client comes again. It knows no messages.
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

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
        self.most = most

    def has(self, name: str) -> bool:
        """Whether there is one of that name."""
        return name in self._manager._server_instances

    async def end(self, name: str) -> None:
        """End the one of that name, if there is one."""
        if (found := self._manager._server_instances.get(name)) is not None:
            await self._manager._discard_session(name, found)

    async def make_room(self) -> None:
        """End one that is idle where there are as many sessions as there may be; none that is in use."""
        # By itself the library would refuse all new clients, as long as the idle sessions of others last.
        known = self._manager._server_instances
        while len(known) >= self.most:
            idle = {id_: scope.deadline for id_, one in known.items() if (scope := one.idle_scope) is not None}
            if (chosen := _chosen(idle, self._manager._session_owners, known)) is None:
                return
            await self._manager._discard_session(chosen, known[chosen])


def _chosen(idle: Mapping[str, float], owners: Mapping[str, Any], known: Mapping[str, Any]) -> str | None:
    """Return which session to end of the idle ones, each with when it would end by itself; `None` where none is."""
    whose = {id_: tuple((owners.get(id_) or {}).values()) for id_ in known}
    many = Counter(whose.values())
    able = [id_ for id_, deadline in idle.items() if deadline < math.inf]
    return min(able, key=lambda id_: (-many[whose[id_]], idle[id_]), default=None)
