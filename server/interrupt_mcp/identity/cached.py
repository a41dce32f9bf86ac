"""Cached: what a provider says, asked for when it is needed, by one caller for all, and not more often than is good.

It does not know what it is, nor how it is asked for.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio

from interrupt_mcp.errors import Unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")
PAUSE_SECONDS = 5.0
"""How long nothing is asked for again, whatever tokens come: whoever forges them would have the provider flooded."""


@dataclass(frozen=True, slots=True)
class Ages:
    """For how many seconds something counts."""

    fresh: float
    """Until it is asked for anew."""
    kept: float
    """Until it counts no more, though the provider does not answer."""


class Cached(Generic[T]):
    """One thing that a provider says."""

    def __init__(self, ask: Callable[[], Awaitable[T]], ages: Ages, clock: Callable[[], float]) -> None:
        """`ask` raises `Unavailable` while there is no answer; `clock` tells seconds that only go on."""
        self._ask = ask
        self._ages = ages
        self._clock = clock
        self._turn = anyio.Lock()
        self._found: tuple[float, T] | None = None
        self._failed: Unavailable | None = None
        self._asked_at = -math.inf

    async def get(self) -> T:
        """Return it.

        Raises:
            Unavailable: the provider does not answer, and what it said before is too old, if there is any.
        """
        if (found := self._younger(self._ages.fresh)) is not None:
            return found[1]
        async with self._turn:
            if (found := self._younger(self._ages.fresh)) is not None:
                return found[1]
            if self._failed is None or not self._just_asked():
                await self._ask_again()
            return self._kept()

    async def newer(self) -> T:
        """Return it as the provider says it now, or said it a few seconds ago.

        Raises:
            Unavailable: as `get` does.
        """
        async with self._turn:
            if not self._just_asked():
                await self._ask_again()
            elif self._found is None and self._failed is None:
                # Whoever asked was cancelled.
                await self._ask_again()
            return self._kept()

    async def _ask_again(self) -> None:
        self._asked_at = self._clock()
        try:
            self._found, self._failed = (self._asked_at, await self._ask()), None
        except Unavailable as error:
            self._failed = error

    def _kept(self) -> T:
        if (found := self._younger(self._ages.kept)) is not None:
            return found[1]
        raise Unavailable(*self._failed.args) if self._failed is not None else Unavailable("Nothing was found")

    def _younger(self, seconds: float) -> tuple[float, T] | None:
        return self._found if self._found is not None and self._clock() - self._found[0] < seconds else None

    def _just_asked(self) -> bool:
        return self._clock() - self._asked_at < PAUSE_SECONDS
