"""What one listener was not told yet of what a run tells: the latest, and no more than can be listened to.

It does not know how the listener is woken or told.
"""

import threading

from interrupt_mcp.text.growing import GrowingText
from interrupt_mcp.text.told import Began, Told, line

_MOST = 16
"""How much is kept: of what comes faster than it is told, the oldest is left out."""


class Untold:
    """What is to be told, the oldest first. Any thread may add to it."""

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._last = ""
        self._guard = threading.Lock()

    def __bool__(self) -> bool:
        """Whether something is left to be told."""
        return bool(self._told)

    def add(self, told: Told) -> bool:
        """Have it told, as the last; return whether nothing else was left to be told."""
        with self._guard:
            was_empty = not self._told
            if isinstance(told, GrowingText):
                # It is told once, as long as it has grown by then.
                self._told = [each for each in self._told if each is not told]
            self._told.append(told)
            if len(self._told) > _MOST:
                del self._told[self._least()]
            return was_empty

    def lines(self) -> list[str]:
        """Return what is to be told now, as lines, none of which is the same as the one before it."""
        with self._guard:
            told, self._told = self._told, []
        lines: list[str] = []
        for each in map(line, told):
            if each and each != self._last:
                lines.append(each)
                self._last = each
        return lines

    def _least(self) -> int:
        """Return which of them is missed least: the oldest of the agent's words before any name of a node or tool."""
        return next((at for at, each in enumerate(self._told[:-1]) if not isinstance(each, Began)), 0)
