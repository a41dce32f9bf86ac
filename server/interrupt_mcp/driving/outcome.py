"""What comes of one step of a graph, as the driver goes on from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from interrupt_mcp.model import Effect

if TYPE_CHECKING:
    from interrupt_mcp.execution import Advanced


@dataclass(frozen=True, slots=True)
class Reached:
    """The graph reached a pause or its end."""

    advanced: "Advanced"


@dataclass(frozen=True, slots=True)
class Raised:
    """The graph raised an error of the agent's."""

    error: BaseException
    """Some packages have theirs derive from `BaseException`, to get past whoever makes a message of an error."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The run took longer than it may be driven."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """The process is leaving: the graph was stopped between two steps, and goes on from there in another process."""


Outcome: TypeAlias = Reached | Raised | TimedOut | LetGo


@dataclass(frozen=True, slots=True)
class Setback:
    """The graph raised on answers, which were taken back; what it asks now may differ from what it asked before."""

    code: str
    message: str
    taken_back: Sequence[str]
    """LangGraph's ids of the interrupts whose answers they were."""
    records: Sequence[Effect]
    """Records of the run's calls, as they were when it raised."""

    @property
    def why(self) -> tuple[str, str]:
        """The error that a person is shown with what is asked next: its code and its message."""
        return self.code, self.message
