"""Shares: how much of a server one principal may take, so that there is room for the others.

They hold where people prove who they are. Whoever is alone on a machine has all of it.
"""

import math
from collections import OrderedDict

import anyio

from interrupt_mcp.config.limits import Limits
from interrupt_mcp.errors import Busy
from interrupt_mcp.store.port import Store

_SECONDS = 5
"""When to try again, where runs have to end, or to be decided, first."""
_MEASURED_SECONDS = 60.0
"""How long what somebody stores is not measured again."""
_MOST = 10_000
"""Principals of whom it is known how much they store."""


class Shares:
    """What the principals of one process may take, each of them."""

    def __init__(self, limits: Limits | None, max_runs: int) -> None:
        """Without limits nobody is refused anything; `max_runs` is how many runs a process drives."""
        self._limits = limits
        self._max_runs = max_runs
        self._measured: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """By principal: when it was measured, and the bytes."""

    async def refuse_more(self, store: Store, principal: str) -> None:
        """Refuse one more run to a principal, whose store it is.

        Raises:
            Busy: as much as may be theirs is.
        """
        limits = self._limits
        if limits is None:
            return
        used = await store.runs.usage()
        if used.driven >= (most := limits.runs_of(self._max_runs)):
            raise Busy(f"{used.driven} runs of {principal} are going on, and one may have {most}", _SECONDS)
        if used.waiting >= limits.waiting:
            raise Busy(
                f"{used.waiting} runs of {principal} wait for a decision, and one may have {limits.waiting}; decide or"
                " cancel some",
                _SECONDS,
            )
        if limits.bytes is not None and (size := await self._size(store, principal)) >= limits.bytes:
            raise Busy(
                f"{principal} has {size:,} bytes stored, and one may have {limits.bytes:,}; `interrupt-mcp prune`"
                " deletes old threads",
                math.ceil(_MEASURED_SECONDS),
            )

    async def _size(self, store: Store, principal: str) -> int:
        now = anyio.current_time()
        at, size = self._measured.get(principal, (-math.inf, 0))
        if now - at >= _MEASURED_SECONDS:
            size = await store.threads.size()
            self._measured[principal] = (now, size)
            self._measured.move_to_end(principal)
            if len(self._measured) > _MOST:
                self._measured.popitem(last=False)
        return size
