"""Turns of the event loop, for those who begin something: one each, in the order in which they came.

A thousand that come at once would otherwise all take each step in one turn, and whoever else has something to do, like
answering that the process is well, would wait for all of them each time.
"""

import asyncio
from collections import deque


class Turns:
    """Lets one of those who wait go on in each turn of the event loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False
        """Whether somebody went on in this turn."""

    async def mine(self) -> None:
        """Wait for a turn; at once where nobody else wants this one."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._next)
            return
        self._waiting.append(turn := loop.create_future())
        await turn

    def _next(self) -> None:
        """Give the turn to the first that waits; keep it free where nobody does."""
        while self._waiting:
            # One that was cancelled meanwhile leaves the turn to the next.
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
                asyncio.get_running_loop().call_soon(self._next)
                return
        self._taken = False
