"""What the bundled agents did outside, in files of their own."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from interrupt_mcp_agents.desk_database import transaction
from tests.effects import Effects


@dataclass(frozen=True)
class DeskFile:
    """What the support desk really did."""

    path: Path

    def rows(self, table: str, columns: str) -> list[tuple[object, ...]]:
        """Return the rows of a table of the desk's own, oldest first; none where the desk did nothing yet."""
        if not self.path.exists():
            return []
        with transaction() as connection:
            return [tuple(row) for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY id")]


@pytest.fixture
def bookings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    """What the hotel really booked."""
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(tmp_path / "bookings"))
    return Effects(tmp_path / "bookings")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeskFile:
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    return DeskFile(tmp_path / "desk.db")
