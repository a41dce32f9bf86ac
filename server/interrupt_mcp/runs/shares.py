"""Shares: how much of a server one principal may take, so that there is room for the others.

They hold where people prove who they are. Whoever is alone on a machine has all of it.
"""

from collections.abc import Callable

from interrupt_mcp.config.limits import Limits
from interrupt_mcp.errors import Busy
from interrupt_mcp.store.port import Store

_SECONDS = 5
"""When to try again, where runs have to end, or to be decided, first."""
_LATER_SECONDS = 60
"""When to try again, where something has to be deleted first."""


class Shares:
    """What the principals of one process may take, each of them."""

    def __init__(self, limits: Limits | None, max_runs: Callable[[], int]) -> None:
        """Without limits nobody is refused anything; `max_runs` tells how many runs may go on at once."""
        self._limits = limits
        self._max_runs = max_runs

    async def refuse_more(self, store: Store, principal: str) -> None:
        """Refuse one more run to a principal, whose store it is.

        Raises:
            Busy: as much as may be theirs is.
        """
        limits = self._limits
        if limits is None:
            return
        used = await store.runs.usage()
        if used.driven >= (most := limits.runs_of(self._max_runs())):
            raise Busy(f"{used.driven} runs of {principal} are going on, and one may have {most}", _SECONDS)
        if used.waiting >= limits.waiting:
            raise Busy(
                f"{used.waiting} runs of {principal} wait for a decision, and one may have {limits.waiting}; decide or"
                " cancel some",
                _SECONDS,
            )
        if limits.bytes is not None and (size := await store.threads.size()) >= limits.bytes:
            raise Busy(
                f"{principal} has {size:,} bytes stored, and one may have {limits.bytes:,}; `interrupt-mcp prune`"
                " deletes old threads",
                _LATER_SECONDS,
            )
