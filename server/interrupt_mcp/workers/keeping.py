"""Keeping a worker alive: how long to wait before it is started again. It starts nothing and reads no clock."""

from dataclasses import dataclass

_LONG = 30.0
"""Seconds that a worker has lived which was well."""
_FIRST = 0.5
_MOST = 30.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next start; the first is at once, and so is one after a worker that was well."""

    deaths: int = 0
    """How many workers ended in a row, each soon after its start but for the first."""

    @property
    def seconds(self) -> float:
        """How long to wait."""
        return 0.0 if self.deaths < 2 else min(_FIRST * 2.0 ** min(self.deaths - 2, 20), _MOST)

    def after(self, lived: float) -> "Backoff":
        """Return how long to wait once a worker ended that lived for so many seconds."""
        return Backoff(1) if lived > _LONG else Backoff(self.deaths + 1)
