"""A run on its way from the thread that fetches jobs to the event loop that drives, and back.

It knows neither of them.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from interrupt_mcp.model import RunId


class Untaken(Exception):
    """The run was not taken, so that its job is for somebody else."""


class Handed:
    """One run that was fetched, made on the loop that fetches."""

    def __init__(self, run_id: RunId) -> None:
        self.run_id = run_id
        self._loop = asyncio.get_running_loop()
        self._answered: asyncio.Future[bool] = self._loop.create_future()
        self._ended: asyncio.Future[bool] = self._loop.create_future()
        self._lock = threading.Lock()
        self._settled = False
        """Whether it was taken, or taken back."""

    def take(self) -> bool:
        """Take the run, unless it was taken back; return whether it is taken. `answer` is to follow."""
        return self._settle()

    def answer(self, *, driven: bool) -> None:
        """Tell whether the run is driven now, or will be in its turn; from any thread."""
        self._tell(self._answered, driven)

    def end(self) -> None:
        """Tell that the run is no longer driven; from any thread."""
        self._tell(self._ended, True)

    def take_back(self) -> bool:
        """Have nobody take the run any more; return whether nobody did."""
        return self._settle()

    async def driven(self, seconds: float) -> bool:
        """Wait until it is told whether the run is driven; what is not even taken in that time, is not."""
        await asyncio.wait((self._answered,), timeout=seconds)
        return not self.take_back() and await asyncio.shield(self._answered)

    async def ended(self) -> None:
        """Wait until the run is no longer driven."""
        await asyncio.shield(self._ended)

    def once_answered(self, do: Callable[[], None]) -> None:
        """Do something once it is told whether the run is driven, however late, on the loop that fetches."""
        self._answered.add_done_callback(lambda _: do())

    def _settle(self) -> bool:
        with self._lock:
            first, self._settled = not self._settled, True
        return first

    def _tell(self, future: "asyncio.Future[bool]", value: bool) -> None:
        # The loop may be gone by then.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_resolve, future, value)


def _resolve(future: "asyncio.Future[bool]", value: bool) -> None:
    if not future.done():
        future.set_result(value)
