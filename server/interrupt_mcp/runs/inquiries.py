"""Inquiries: what is asked of an agent's own code, besides driving its runs. None changes anything.

So each may be made again, and of another process. It knows neither who asks nor where the code runs.
"""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from interrupt_mcp.agents.agent import AgentCard
from interrupt_mcp.model import Drawing, InterruptId, Json, JsonObject, RunId, ThreadId
from interrupt_mcp.model.past import Moment, Past
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.runs.caller import Progress, StartRequest, silently

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Results: TypeAlias = tuple[tuple[str, bytes], ...]
"""Results of effects, as the store has them: each with its type for the serializer."""


class Inquiry(Generic[T_co]):
    """One of them, of an agent; its parameter is what comes of it."""

    __slots__ = ()


class AgentSide(Protocol):
    """The agents' own code, for one who calls: it sees the threads that they see."""

    async def ask(self, inquiry: Inquiry[T], progress: Progress = silently) -> T:
        """Return what comes of it.

        Raises:
            UnknownAgent: there is no such agent.
            Unavailable: it cannot be loaded, or no process is there that could.
            InvalidInput, UnknownThread, UnknownCheckpoint, Unreadable, InvalidDecision: as the inquiry says.
        """


@dataclass(frozen=True, slots=True)
class AgentAt:
    """An agent as the run has it that made a checkpoint, where each run has one made for it."""

    agent: str
    thread_id: ThreadId
    checkpoint_id: str | None = None
    """Of that thread; the latest, where none is named."""
    run_id: str = ""
    """The run that is to go on from there, if one is."""


@dataclass(frozen=True, slots=True)
class Load(Inquiry[None]):
    """Load the agent, unless it is."""

    agent: str


@dataclass(frozen=True, slots=True)
class Describe(Inquiry[AgentCard]):
    """How is the agent offered?"""

    agent: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run may start with."""

    agent_digest: str
    """Digest of the agent that takes it; empty where another process may come to drive the run."""
    tried_on: str | None
    """The checkpoint on whose state the input was tried, empty on a new thread; `None` where it need not be."""
    any_message: bool = False
    """Whether any other message, with nothing besides, would be taken as well, on whatever thread."""
    runs_at: str = ""
    """The server where the agent runs; empty where it runs here."""


@dataclass(frozen=True, slots=True)
class TakesInput(Inquiry[Taken]):
    """Does the agent take this? `InvalidInput` where it does not, `Unreadable` where the thread takes nothing."""

    request: StartRequest
    context: JsonObject | None
    run_id: RunId
    thread_id: ThreadId


@dataclass(frozen=True, slots=True)
class Seen:
    """A thread, as it is seen with its agent's own types."""

    past: Past
    diagram: str
    drawing: Drawing
    results: tuple[Json, ...]
    """Those that were asked about, in their order."""


@dataclass(frozen=True, slots=True)
class SeePast(Inquiry[Seen]):
    """What is the state of the thread, and what are its checkpoints, newest first?"""

    made: AgentAt
    thread_id: ThreadId
    limit: int
    before: str | None
    """The checkpoint before which they are; the newest, where none is named."""
    upto: str | None
    """The last checkpoint that there is for who calls; none where that is the thread's last."""
    results: Results = ()
    """Of what was done on it."""


@dataclass(frozen=True, slots=True)
class SeenAt:
    """One checkpoint of a thread, and the state there."""

    moment: Moment
    values: Json
    results: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class SeeMoment(Inquiry[SeenAt]):
    """What is the state at the checkpoint?"""

    made: AgentAt
    checkpoint_id: str
    results: Results = ()


@dataclass(frozen=True, slots=True)
class TakesRewind(Inquiry[Taken]):
    """Can a run go on from the checkpoint, with these values? `InvalidInput`, `Unreadable` where it cannot."""

    made: AgentAt
    checkpoint_id: str
    values: JsonObject | None


@dataclass(frozen=True, slots=True)
class TakesCopy(Inquiry[None]):
    """Can there be another thread with the same history? `InvalidInput` where there cannot."""

    made: AgentAt


@dataclass(frozen=True, slots=True)
class SeeResults(Inquiry[tuple[Json, ...]]):
    """What are these results, to be looked at?"""

    made: AgentAt
    results: Results


@dataclass(frozen=True, slots=True)
class PreviewEdit(Inquiry[Preview | None]):
    """What would change with these arguments? `InvalidDecision` where the interrupt has no such request."""

    agent: str
    interrupt_id: InterruptId
    index: int
    args: JsonObject


@dataclass(frozen=True, slots=True)
class PreviewFaults(Inquiry[tuple[str, ...]]):
    """Which of the previews that policy names for the agent cannot be loaded, each as a sentence?"""

    agent: str
