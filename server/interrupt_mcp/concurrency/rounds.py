"""Rounds: what waits, handed out by turns between those whose it is, so that a thousand of one hold up no other's one.

What is one's comes in the order in which it came.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Rounds(Generic[T]):
    """What waits, and whose it is."""

    def __init__(self) -> None:
        self._of: dict[str, dict[T, None]] = {}
        """By whose it is; whoever had the last turn is at the end."""
        self._whose: dict[T, str] = {}

    def __len__(self) -> int:
        return len(self._whose)

    def __contains__(self, one: T) -> bool:
        return one in self._whose

    def add(self, one: T, whose: str = "") -> None:
        """Have it wait, unless it does."""
        if one not in self._whose:
            self._whose[one] = whose
            self._of.setdefault(whose, {})[one] = None

    def discard(self, one: T) -> None:
        """Have it wait no more."""
        if one in self._whose:
            whose = self._whose.pop(one)
            del self._of[whose][one]
            if not self._of[whose]:
                del self._of[whose]

    def clear(self) -> None:
        """Have nothing wait."""
        self._of.clear()
        self._whose.clear()

    def next(self, is_ready: Callable[[T], bool] = lambda _: True) -> T | None:
        """Take what has its turn, of what is ready; `None` where nothing is."""
        for whose, waiting in self._of.items():
            one = next((each for each in waiting if is_ready(each)), None)
            if one is not None:
                self.discard(one)
                if whose in self._of:
                    self._of[whose] = self._of.pop(whose)
                return one
        return None
