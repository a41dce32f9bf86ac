"""The case: what the doctor was asked to look at, and what several sections need of it, each read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp.config import Settings

if TYPE_CHECKING:
    from interrupt_mcp.agents.manifest import Entry, Manifest
    from interrupt_mcp.store.inspection import Condition, Counts
    from interrupt_mcp.store.known import SeenClient, Token
    from interrupt_mcp.store.records import Chain


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for."""

    environ: Mapping[str, str]
    cwd: Path
    config: str | None = None
    database: str | None = None
    try_model: bool = False
    """Whether the model may be called once."""
    seconds: float | None = None
    """How long all agents may take to load, and the model to answer; `None` is what is usual for each."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found in the database."""

    condition: "Condition"
    counts: "Counts | None" = None
    """This and all below only where the database is laid out as this program lays it out."""
    waiting: int = 0
    """Interrupts that want a decision."""
    chain: "Chain | None" = None
    """Of the record; `None` where it is too long to follow quickly."""
    signed_in: int = 0
    """Sessions at the pages."""
    clients: "Sequence[SeenClient]" = ()
    """Those that called last, the last first."""
    tokens: "Sequence[Token]" = ()
    """Revoked ones too."""
    seen_tools: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    """By agent the tools that passed the gate, and whether they ask by themselves besides policy."""
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By agent the actions that people were asked about."""
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A project as its settings say that it is."""

    asked: Asked
    settings: Settings
    places: Mapping[str, str]
    """Where each setting was given, by the name of its field, as far as it was given."""
    manifest: "Manifest | None" = None
    """`None` where `langgraph.json` cannot be read."""
    entries: "Mapping[str, Entry]" = field(default_factory=dict)
    """The agents by name."""
