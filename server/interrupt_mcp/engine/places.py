"""Places for runs: how many go on, how many may, and what whoever finds none is told.

It does not know who drives them.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio

from interrupt_mcp.errors import Busy

_DRIVE_SECONDS = 5.0
"""How long a drive is taken to last, where somebody is to be told when there will be a place. Nobody can know."""
_SOONEST_SECONDS, _LATEST_SECONDS = 1, 60
"""The shortest and the longest that anybody is told to wait before the next try."""


class Places:
    """The places of one process."""

    def __init__(
        self, most: Callable[[], int], taken: Callable[[], tuple[int, int]], where: str = "in this process"
    ) -> None:
        """`most` is how many there are; `taken` tells how many runs are driven, and how many wait for their turn.

        `where` is said of the runs that go on.
        """
        self._where = where
        self._most = most
        self._taken = taken
        self._held = 0
        self._last_return = 0.0
        """When the last of those who were refused was told to come back, on the event loop's clock."""

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Hold a place for a run that is about to be kept, within this context; whether there is one."""
        free = sum(self._taken()) + self._held < self._most()
        self._held += free
        try:
            yield free
        finally:
            self._held -= free

    def busy(self) -> Busy:
        """Return what to tell whoever wants to start a run when there is no place.

        Those who are refused come back one after the other, as fast as places are taken to become free, and after the
        runs that wait already.
        """
        driven, waiting = self._taken()
        running = f"{driven} runs are going on {self._where}, which is as many as may at once"
        more = f", and {waiting} wait for their turn" if waiting else ""
        now, apart = anyio.current_time(), _DRIVE_SECONDS / self._most()
        after_those_who_wait = _SOONEST_SECONDS + apart * waiting
        after_the_last_refused = self._last_return - now + apart
        seconds = min(max(after_those_who_wait, after_the_last_refused), _LATEST_SECONDS)
        self._last_return = now + seconds
        return Busy(running + more, math.ceil(seconds))
