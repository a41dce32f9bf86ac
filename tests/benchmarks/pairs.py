"""Two sides that are measured in turn, a short window each, so that a machine that slows down slows both.

Each pair of windows gives a ratio; what is told is their median and quartiles.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of what was found, and the quartiles."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, found: Sequence[float]) -> "Spread":
        if len(found) == 1:
            return cls(found[0], found[0], found[0], 1)
        low, median, high = statistics.quantiles(found, n=4, method="inclusive")
        return cls(median, low, high, len(found))


def in_turn(ours: Callable[[], T], peer: Callable[[], T], pairs: int, warm: int = 1) -> list[tuple[T, T]]:
    """So many pairs of windows (ours, peer), after `warm` pairs that do not count. Who goes first alternates."""
    found = []
    for number in range(-warm, pairs):
        if number % 2:
            second = peer()
            first = ours()
        else:
            first = ours()
            second = peer()
        if number >= 0:
            found.append((first, second))
    return found


def ratios(pairs: Sequence[tuple[float, float]]) -> Spread:
    """Ours to the peer's, pair by pair."""
    return Spread.of([ours / peer for ours, peer in pairs])


def medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(ours for ours, _ in pairs), statistics.median(peer for _, peer in pairs)
