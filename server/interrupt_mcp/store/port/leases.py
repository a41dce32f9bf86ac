"""The leases of processes, where the database is their only common ground. Each call waits for the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lease:
    """What a process said of itself."""

    lives: bool
    """Whether its time has not come, on the database's clock."""
    serves: str
    """The project that it serves; empty for none."""


class Leases(Protocol):
    """One process's way to the leases of all, on a connection of its own. It is for one thread, but for `ring`.

    Raises:
        Unavailable: from each method: the database cannot be used. The next call tries anew.
    """

    def hold(self, name: str, project: str, seconds: float, *, serves: bool) -> Mapping[str, Lease]:
        """Be alive for so long from now on, on the database's clock; return the leases of all, this one among them."""

    def release(self, name: str) -> None:
        """Be gone: the lease is no longer there."""

    def heard(self, name: str, seconds: float) -> bool:
        """Wait until another process rings, at most so long; return whether one did, or may have meanwhile."""

    def ring(self, name: str) -> None:
        """Have all other processes hear it, soon; from any thread. What could not be told is not told."""

    def close(self) -> None:
        """Give up the connection."""
