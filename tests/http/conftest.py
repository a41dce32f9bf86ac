from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import HttpServer, http_server


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("http")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    """One server for all tests that leave it running."""
    with http_server(home, INTERRUPT_MCP_HOTEL_LEDGER=str(home / "ledger.txt")) as running:
        yield running


@pytest.fixture
def ledger(home: Path) -> Path:
    """One line for each booking that was really made in the test."""
    file = home / "ledger.txt"
    file.unlink(missing_ok=True)
    return file


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    """Once for each protocol era."""
    return str(request.param)
