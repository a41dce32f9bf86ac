"""What may be asked of the append-only record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from interrupt_mcp.model import JsonObject
from interrupt_mcp.store.records import Chain, Entry, Position


class Audit(Protocol):
    """The append-only record of what happened, and so of what changed."""

    async def listed(self, after: Position, most: int) -> Sequence[JsonObject]:
        """Return the entries after that position, oldest first, with their number as `seq`."""

    async def position_at(self, moment: datetime) -> Position:
        """Return the position of the last entry from before that moment."""

    async def since(self, position: Position) -> tuple[Sequence[Entry], Position]:
        """Return the entries after that position, oldest first, and the position of the last of all that there are."""

    async def verify(self) -> Chain:
        """Follow the chain of hashes from its first entry, through all projects of the database."""
