"""The ledger of the bundled hotel agent: what was really booked."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ledger:
    """The file that INTERRUPT_MCP_HOTEL_LEDGER names: one line for each booking."""

    file: Path

    @property
    def bookings(self) -> list[str]:
        """The hotels, in the order of their names."""
        return sorted(self.file.read_text(encoding="utf-8").splitlines()) if self.file.exists() else []
