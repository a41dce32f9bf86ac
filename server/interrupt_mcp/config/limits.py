"""Limits: how much of the server one principal may take, where it is shared. It does not know who they are."""

from dataclasses import dataclass
from typing import Annotated

from interrupt_mcp.config.declared import read_table
from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import whole_number


@dataclass(frozen=True, slots=True)
class Limits:
    """What the table `[limits]` says; it holds over HTTP with authentication."""

    requests: Annotated[int, whole_number(1)] = 200
    """Requests in progress at once."""
    runs: Annotated[int | None, whole_number(1)] = None
    """Runs that are driven at once; none is half of what a process drives."""
    waiting: Annotated[int, whole_number(1)] = 1000
    """Runs that wait for a decision."""
    bytes: Annotated[int | None, whole_number(1)] = None
    """Bytes that are stored; none is no limit."""

    def runs_of(self, most: int) -> int:
        """Return how many runs one principal may have driven at once, where a process drives so many."""
        return max(1, most // 2) if self.runs is None else self.runs


def limits_table(given: Given) -> Limits:
    """Return what the table says."""
    return read_table(Limits, given)
