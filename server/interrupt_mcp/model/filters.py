"""Filters: which of many runs or interrupts are looked for. It does not know how they are found."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from interrupt_mcp.words import RunStatus


@dataclass(frozen=True, slots=True)
class Filters:
    """What must be true of each that is listed; what is empty here is not asked about."""

    agent: str = ""
    """The agent's name."""
    thread_id: str = ""
    run_id: str = ""
    status: RunStatus | None = None
    """That of a run; interrupts are listed while they are open, whatever stands here."""

    @property
    def given(self) -> Mapping[str, str]:
        """Those that are asked about, by name."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}
