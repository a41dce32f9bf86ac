"""What goes into the store and comes out of it, besides the nouns of the model. It knows no database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType

from interrupt_mcp.model import (
    NO_BREAKPOINTS,
    Approver,
    Beginning,
    Breakpoints,
    Decision,
    Effect,
    EffectStatus,
    Interrupt,
    InterruptId,
    JsonObject,
    Principal,
    Proof,
    Run,
    RunId,
    ThreadId,
)
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.store.flight import suspected

Position = NewType("Position", int)
"""How far somebody has read the record. Entries that are kept later come after it, whoever wrote them."""
NOBODY = ""
"""The owner of a run that waits for any process to go on with it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose runs, threads and interrupts can be seen, and changed. For whoever asks, there are no others.

    Without a principal it is the process itself that asks, for all of the project.
    """

    project: str
    principal: Principal | None = None
    groups: frozenset[str] = frozenset()
    """In which the principal is: what a group decides, they see."""
    reads_all: bool = False
    """Whether all of the project is seen. Only the principal's own is changed all the same."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which deciders are named that this is one of."""
        return () if self.principal is None else (str(self.principal), *sorted(self.groups))


@dataclass(frozen=True, slots=True)
class Usage:
    """How many runs of somebody are not finished."""

    driven: int
    waiting: int
    """For a decision."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run as it was asked for."""

    run_id: RunId
    thread_id: ThreadId
    agent: str
    begins: Beginning
    request_digest: str
    """Digest of all that must be the same where the idempotency key is."""
    agent_digest: str = ""
    """Digest of the agent as it is now, so that the run does not go on with another one."""
    context: JsonObject | None = None
    breakpoints: Breakpoints = NO_BREAKPOINTS
    """Where it stops besides, in this run alone."""
    idempotency_key: str | None = None
    approver: Approver = Approver.HUMAN
    """Who approves, by what policy and whoever begins it say; the thread may be stricter."""
    tried_on: str | None = None
    """Id of the thread's latest checkpoint when the input was tried on its state, empty where it had none.

    `None` where the input was not tried."""


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """All that a driver needs to go on with a run, and the epoch under which it writes."""

    run: Run
    begins: Beginning
    context: JsonObject | None
    breakpoints: Breakpoints
    epoch: int
    from_pause: bool
    """Whether it goes on after a decision, or after it ended in error."""
    clean_start: bool
    """Whether it starts on a new thread, or right after a run that came to its end: nothing is left to settle."""
    new_thread: bool
    """Whether it starts on a new thread."""
    agent_digest: str
    """Digest of the agent as it was when the run started, or went on from a pause."""
    driven_seconds: float
    """How long it was driven before this claim."""
    interrupts: tuple[Interrupt, ...]
    """All that it asked, oldest first."""
    effects: tuple[Effect, ...]
    """All records of its tool calls, oldest first."""
    deaths: int = 0
    """How many processes died with it, one after the other, where it stands."""

    @property
    def is_suspect(self) -> bool:
        """Whether it may be what they died of."""
        return suspected(self.deaths)


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of a start."""

    run_id: RunId
    is_new: bool
    """Whether it was kept now; else it is the run that the same idempotency key started."""
    claimed: ClaimedRun | None = None
    """The run as this process claimed it, where it is to drive it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that was checked, and the request it is for."""

    interrupt_id: InterruptId
    round: int
    """The interrupt's round in which the request was asked."""
    decision: Decision
    action: str
    args_digest: str | None = None
    """Digest of the arguments decided on, edited ones included."""
    args_before: JsonObject | None = None
    """The arguments that the agent asked for."""
    preview: Preview | None = None
    """What whoever decided was shown as the preview."""
    preview_of_edit: bool = False
    """Whether that is of the edited arguments, and not of those that were asked for."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of decisions that were kept."""

    goes_on: bool
    """Whether the run can go on, and could not before."""
    repeated: tuple[InterruptId, ...]
    """The interrupts whose decision is the same as one that was kept before."""
    claimed: ClaimedRun | None = None
    """The run as this process claimed it, where it is to drive it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision stands among all that were made: after those of earlier moments, and of some in its own."""

    at: datetime
    interrupt_id: str
    index: int
    round: int


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that was made, with what it was about and what came of it."""

    interrupt_id: InterruptId
    code: str
    agent: str
    run_id: RunId
    thread_id: ThreadId
    action: str
    args_before: JsonObject
    """The arguments that were asked about."""
    decision: Decision
    proof: Proof
    round: int
    """How often it was asked before, because an outcome was unknown."""
    effect: EffectStatus | None
    """How the action went by now; none where none was begun, or none is on record."""
    error: str
    """What the action raised, where it did."""

    @property
    def place(self) -> Place:
        """Where it stands among all that were made."""
        return Place(self.proof.at, self.interrupt_id, self.decision.index, self.round)


@dataclass(frozen=True, slots=True)
class Thread:
    """A durable conversation."""

    thread_id: ThreadId
    agent: str
    principal: Principal
    """Whose it is."""
    approver: Approver
    """Who may accept or edit there: the strictest that any run on it began with."""


@dataclass(frozen=True, slots=True)
class Done:
    """An effect and when it ended, or started where nobody knows how it ended."""

    effect: Effect
    at: str
    """That time: UTC, ISO 8601."""


class Origin(StrEnum):
    """Who asked about a call; or `WRITTEN`, where it was written into a state and nobody was asked."""

    TOOL = "tool"
    GATE = "gate"
    OUTSIDE = "outside"
    """A middleware, or a node before the tool: it does not ask again when a run goes on behind it."""
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class AskedCall:
    """A tool call that people were asked about; its ids are empty where only its name is known."""

    action: str
    """The name of its tool, as the question had it."""
    message_id: str
    """Of the message that made the call."""
    position: int
    """Of the call in that message."""
    call_id: str
    origin: Origin
    run_id: str


@dataclass(frozen=True, slots=True)
class FailedTask:
    """A task of a graph that raised after it had asked something."""

    checkpoint_ns: str
    checkpoint_id: str
    task_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """That something happened, and to which run and thread."""

    event: str
    run_id: str | None
    thread_id: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of the record's chain of hashes."""

    entries: int
    last_hash: str
    """To be kept elsewhere, so that entries cut off at the end are noticed: they leave no other trace."""
    broken_at: int | None
    """Number of the first entry that is not as it was written, or does not follow the one before."""


_AGES = 365_000
"""Days: a date longer ago cannot be written."""


def days_ago(days: float) -> datetime:
    """Return the moment so many days ago."""
    return datetime.now(UTC) - timedelta(days=min(days, _AGES))


class Moved(Exception):
    """What was looked at before has changed since: look again."""


class Fenced(Exception):
    """The run was taken over, or ended: this driver must stop and write nothing more."""
