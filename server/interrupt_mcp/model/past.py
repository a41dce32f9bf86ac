"""A thread's past, as people look at it: its state, and its checkpoints. It does not know where they are read."""

from dataclasses import dataclass
from datetime import datetime

from interrupt_mcp.model.values import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Ran:
    """One task that ran from a checkpoint."""

    node: str
    wrote: JsonObject
    """One line for each field."""
    error: str
    """What it raised; empty where it raised nothing."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A checkpoint: where the thread stood, and what ran from there."""

    checkpoint_id: str
    parent_id: str | None
    created_at: datetime
    step: int
    source: str
    """What made it, in LangGraph's words: `input`, `loop`, `update` or `fork`."""
    run_id: str
    """The run that wrote it; empty where no run of ours did."""
    next: tuple[str, ...]
    """The nodes that run next."""
    ran: tuple[Ran, ...]
    fault: str = ""
    """Why nothing can go on from it."""


@dataclass(frozen=True, slots=True)
class Past:
    """The state of the thread now, and some of its checkpoints, newest first."""

    values: Json
    next: tuple[str, ...]
    """The nodes that run next."""
    moments: tuple[Moment, ...]
    fault: str = ""
    """Why nothing can go on from the state that the thread has now."""
