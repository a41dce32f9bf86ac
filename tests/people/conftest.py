from pathlib import Path

import pytest

from tests.people.bank import Effects


class Ledger:
    """What agents really did: one line for each booking."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def bookings(self) -> list[str]:
        return sorted(self.file.read_text().split("\n")[:-1]) if self.file.exists() else []


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    file = tmp_path / "ledger.txt"
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(file))
    return Ledger(file)


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    file = tmp_path / "effects.txt"
    monkeypatch.setenv("EFFECTS", str(file))
    return Effects(file)
