"""What comes of a transaction for those who drive: a run that was claimed, decisions that were kept."""

from dataclasses import dataclass

from interrupt_mcp.model import Effect, Interrupt, InterruptId, JsonObject, Run


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """All that a driver needs to go on with a run."""

    run: Run
    input: JsonObject
    context: JsonObject | None
    epoch: int
    from_pause: bool
    """Whether it goes on after a decision, or after it ended in error."""
    clean_start: bool
    """Whether it starts on a new thread, or right after a run that came to its end: nothing is left to settle."""
    agent_digest: str
    """The agent as it was when the run started or went on from a pause."""
    driven_seconds: float
    interrupts: tuple[Interrupt, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of decisions that were kept."""

    goes_on: bool
    """Whether the run can go on, and could not before."""
    repeated: tuple[InterruptId, ...]
    """The interrupts of those that had been decided before, and just so."""
    claimed: ClaimedRun | None = None
    """The run, where it can go on and this process is to drive it."""
