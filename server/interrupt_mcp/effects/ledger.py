"""Where effect records go, and how results are kept in them. It knows no SQL."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Protocol

from interrupt_mcp.model import Effect


class Ledger(Protocol):
    """Keeps effect records durably."""

    def record(self, effects: Iterable[Effect]) -> Future[None]:
        """Resolves once the records are on disk."""


class Serializer(Protocol):
    """LangGraph's serializer, as far as results need it."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]: ...
    def loads_typed(self, data: tuple[str, bytes]) -> Any: ...


async def wait_for(future: Future[None]) -> None:
    """Wait on the event loop for what a writer thread resolves. One who is cancelled does not take the record back."""
    kept = asyncio.wrap_future(future)
    # Where nobody waits any more, its error is nobody's.
    kept.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.shield(kept)
