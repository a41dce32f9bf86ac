"""Cards: what a server elsewhere says that an agent there takes, kept for a while, so that no list waits long."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import anyio

from interrupt_mcp.dialects.payload import fault
from interrupt_mcp.model import JsonObject, to_json
from interrupt_mcp.remote.faults import Passing, RemoteFault
from interrupt_mcp.remote.place import Place
from interrupt_mcp.text.redaction import line_of

log = logging.getLogger(__name__)
_SECONDS = 2.0
"""How long a list waits for the server."""
_FRESH, _FRESH_FAULT = 60.0, 10.0
"""Seconds for which it is not asked again."""
_LONGEST, _LARGEST = 1000, 200_000
"""Characters of a description, and of a schema."""


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
        self._asking: dict[str, anyio.Lock] = {}
        self._down: dict[str, tuple[float, str]] = {}
        """By address, until when a server is not asked again that did not answer, and what is said of it."""

    def known(self, place: Place) -> RemoteCard:
        """Return what is known without asking."""
        return self._kept.get(place, (0.0, RemoteCard()))[1]

    async def card(self, place: Place) -> RemoteCard:
        """Return what the server says, asking it for seconds at most; where it does not answer, what it said last."""
        async with self._asking.setdefault(place.url, anyio.Lock()):
            until, card = self._kept.get(place, (0.0, RemoteCard()))
            if time.monotonic() < until:
                return card
            down, why = self._down.get(place.url, (0.0, ""))
            found = replace(card, fault=why) if time.monotonic() < down else await self._asked(place, card)
            self._kept[place] = (time.monotonic() + (_FRESH_FAULT if found.fault else _FRESH), found)
            return found

    async def _asked(self, place: Place, before: RemoteCard) -> RemoteCard:
        error: RemoteFault = Passing(f"{place.named} did not answer within {_SECONDS:g} seconds")
        with anyio.move_on_after(_SECONDS):
            try:
                return await _told(place)
            except RemoteFault as raised:
                error = raised
        log.info("%s", error)
        if isinstance(error, Passing):
            self._down[place.url] = (time.monotonic() + _FRESH_FAULT, str(error))
        return replace(before, fault=str(error))


async def _told(place: Place) -> RemoteCard:
    from interrupt_mcp.remote.wire import connected, in_words

    async with connected(place) as client:
        with in_words(place):
            found = await client.assistants.search(graph_id=place.graph_id, limit=1)
            if not found:
                raise RemoteFault(f"{place.named} has no graph {place.graph_id!r}")
            schemas: Any = await client.assistants.get_schemas(found[0]["assistant_id"])
            return RemoteCard(
                line_of(str(found[0].get("description") or ""))[:_LONGEST],
                _schema(schemas, "input_schema"),
                _schema(schemas, "context_schema"),
            )


def _schema(schemas: Mapping[str, Any], name: str) -> JsonObject | None:
    found = to_json(schemas.get(name))
    known = isinstance(found, dict) and found and fault(found) is None and len(json.dumps(found)) <= _LARGEST
    return found if known and isinstance(found, dict) else None
