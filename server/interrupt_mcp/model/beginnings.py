"""What a run begins with, and where it is to stop."""

from dataclasses import dataclass
from typing import TypeAlias

from interrupt_mcp.model.values import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Message:
    """A run begins with what a person says."""

    text: str


@dataclass(frozen=True, slots=True)
class GraphInput:
    """A run begins with the graph's own input."""

    value: Json


@dataclass(frozen=True, slots=True)
class RewindTo:
    """A run goes on from an older checkpoint of its thread, with these values merged into its state, if any."""

    checkpoint_id: str
    values: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Nodes at which a run stops besides those at which its graph does: names, or `*` for all."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


NO_BREAKPOINTS = Breakpoints()
Beginning: TypeAlias = Message | GraphInput | RewindTo
