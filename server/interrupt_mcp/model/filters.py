"""Filters: which runs or interrupts somebody wants to see. It does not know where they are kept."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Filters:
    """Only what is of these; empty where it does not matter."""

    agent: str = ""
    thread_id: str = ""
    run_id: str = ""
    status: str = ""

    @property
    def given(self) -> dict[str, str]:
        """Those that matter, by name."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}
