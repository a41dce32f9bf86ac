"""Clients, as they call: each is kept now and then, so that a person can look up what it is and can do.

It knows no protocol: whoever is called by one says what it is.
"""

import math
from collections import OrderedDict

import anyio

from interrupt_mcp.store.known import Client
from interrupt_mcp.store.port import Store

_AGAIN_SECONDS = 300.0
"""How long one that goes on to call is not kept again: in some revisions each call says anew who calls."""
_MOST = 50
"""Clients of which it is known when they were kept."""


class Clients:
    """The clients that call in this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[Client, float] = OrderedDict()

    def met(self, client: Client) -> None:
        """Keep that this client calls, unless that was kept lately. It waits for nothing, and cannot fail a call."""
        now = anyio.current_time()
        if now - self._kept.get(client, -math.inf) < _AGAIN_SECONDS:
            return
        self._kept[client] = now
        self._kept.move_to_end(client)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        self._store.clients.keep(client)
