"""Cards: what a server elsewhere says that an agent there takes, kept for a while, so that no list waits long."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio

from interrupt_mcp.model import JsonObject, to_json
from interrupt_mcp.remote.faults import RemoteFault
from interrupt_mcp.remote.place import Place

log = logging.getLogger(__name__)
_SECONDS = 2.0
"""How long a list waits for the server."""
_FRESH, _FRESH_FAULT = 60.0, 10.0
"""Seconds for which it is not asked again."""
_LARGEST = 200_000
"""Characters of a schema."""


@dataclass(frozen=True, slots=True)
class RemoteCard:
    """What is known of the agent."""

    description: str = ""
    input_schema: JsonObject | None = None
    """`None` where it is not known."""
    context_schema: JsonObject | None = None
    fault: str = ""
    """Why the server could not be asked, the last time it was."""


class RemoteCards:
    """The agents of all servers that one process offers."""

    def __init__(self) -> None:
        self._kept: dict[Place, tuple[float, RemoteCard]] = {}
        self._locks: dict[Place, anyio.Lock] = {}

    def known(self, place: Place) -> RemoteCard:
        """Return what is known without asking."""
        return self._kept.get(place, (0.0, RemoteCard()))[1]

    async def card(self, place: Place) -> RemoteCard:
        """Return what the server says, asking it for seconds at most; where it does not answer, what it said last."""
        async with self._locks.setdefault(place, anyio.Lock()):
            until, card = self._kept.get(place, (0.0, RemoteCard()))
            if time.monotonic() < until:
                return card
            found = await _asked(place, card)
            self._kept[place] = (time.monotonic() + (_FRESH_FAULT if found.fault else _FRESH), found)
            return found


async def _asked(place: Place, before: RemoteCard) -> RemoteCard:
    fault = f"{place.named} did not answer within {_SECONDS:g} seconds"
    with anyio.move_on_after(_SECONDS):
        try:
            return await _told(place)
        except RemoteFault as error:
            fault = str(error)
    log.info("%s", fault)
    return RemoteCard(before.description, before.input_schema, before.context_schema, fault)


async def _told(place: Place) -> RemoteCard:
    from interrupt_mcp.remote.wire import connected, in_words

    async with connected(place) as client:
        with in_words(place):
            found = await client.assistants.search(graph_id=place.graph_id, limit=1)
            if not found:
                raise RemoteFault(f"{place.named} has no graph {place.graph_id!r}")
            schemas: Any = await client.assistants.get_schemas(found[0]["assistant_id"])
            return RemoteCard(
                str(found[0].get("description") or ""),
                _schema(schemas, "input_schema"),
                _schema(schemas, "context_schema"),
            )


def _schema(schemas: Mapping[str, Any], name: str) -> JsonObject | None:
    found = to_json(schemas.get(name))
    known = isinstance(found, dict) and found and len(json.dumps(found)) <= _LARGEST
    return found if known and isinstance(found, dict) else None
