"""Turns of the event loop, for those who begin something: one each, in the order in which they came.

Where it is known whose they are, each of these has the next turn after the other.

A thousand that come at once would otherwise all take each step in one turn, and whoever else has something to do, like
answering that the process is well, would wait for all of them each time.
"""

import asyncio

from interrupt_mcp.concurrency.rounds import Rounds


class Turns:
    """Lets one of those who wait go on in each turn of the event loop."""

    def __init__(self) -> None:
        self._waiting: Rounds[asyncio.Future[None]] = Rounds()
        self._taken = False
        """Whether somebody went on in this turn."""

    async def mine(self, whose: str = "") -> None:
        """Wait for a turn of those that `whose` has; at once where nobody else wants this one."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._next)
            return
        self._waiting.add(turn := loop.create_future(), whose)
        try:
            await turn
        finally:
            self._waiting.discard(turn)

    def _next(self) -> None:
        """Give the turn to the first that waits; keep it free where nobody does."""
        # One that was cancelled meanwhile leaves the turn to the next.
        turn = self._waiting.next(lambda each: not each.done())
        if turn is None:
            self._taken = False
            return
        turn.set_result(None)
        asyncio.get_running_loop().call_soon(self._next)
