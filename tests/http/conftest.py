"""Servers over HTTP: one for all tests that leave it running, and one whose agent waits until it is told to go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Offer
from tests.processes import CHECKOUT, HttpServer, http_server


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("http")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    """One server for all tests that leave it running."""
    with http_server(home, INTERRUPT_MCP_HOTEL_LEDGER=str(home / "ledger.txt")) as running:
        yield running


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    """Once for each protocol era."""
    return str(request.param)


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The file that the slow agent waits for."""
    return tmp_path / "go"


@pytest.fixture
def slow(offer: Offer, go: Path) -> dict[str, str]:
    """The variables of a server whose agent `slow` waits for that file."""
    config = offer(slow="tests.waiting:graph")
    return {"INTERRUPT_MCP_CONFIG": str(config), "GO": str(go), "PYTHONPATH": CHECKOUT}


@pytest.fixture
def slow_server(slow: dict[str, str], tmp_path: Path) -> Iterator[HttpServer]:
    with http_server(tmp_path, **slow) as server:
        yield server
