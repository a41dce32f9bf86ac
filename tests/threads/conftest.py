"""What tests of threads share: effects that can be counted, in files of their own."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Lines:
    """What was really done, one line for each time."""

    path: Path

    @property
    def all(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


@dataclass(frozen=True)
class DeskFile:
    """What the support desk really did."""

    path: Path

    def rows(self, table: str, columns: str) -> list[tuple[object, ...]]:
        if not self.path.exists():
            return []
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()
        finally:
            connection.close()


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What agents of `tests.scripted` did."""
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    return Lines(tmp_path / "effects")


@pytest.fixture
def bookings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    monkeypatch.setenv("INTERRUPT_MCP_HOTEL_LEDGER", str(tmp_path / "bookings"))
    return Lines(tmp_path / "bookings")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeskFile:
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    return DeskFile(tmp_path / "desk.db")
