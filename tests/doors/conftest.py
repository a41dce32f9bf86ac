"""Doors: stdio and HTTP, each in three versions of the protocol, to real processes that all tests share."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door
from tests.people.person import Person
from tests.processes import VERSIONS, HttpServer, http_server, over_http, over_stdio


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doors")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    with http_server(home, INTERRUPT_MCP_HOTEL_LEDGER=str(home / "ledger.txt")) as running:
        yield running


@pytest.fixture(scope="package", params=[f"{way} {version}" for way in ("stdio", "http") for version in VERSIONS])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="package")
async def door(way: str, home: Path, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    """A client that cannot ask its user anything."""
    async with _door(way, home, request) as opened:
        yield opened


@pytest.fixture(scope="package")
def person() -> Person:
    return Person()


@pytest.fixture(scope="package")
async def asking_door(way: str, home: Path, person: Person, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    """A client that shows its user forms."""
    async with _door(way, home, request, elicitation_callback=person) as opened:
        yield opened


@pytest.fixture
def another_door(way: str, home: Path, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`async with another_door(**options) as door`: a client with these, over stdio with a process of its own."""
    return partial(_door, way, home, request)


def _door(way: str, home: Path, request: pytest.FixtureRequest, **client: Any) -> Any:
    transport, version = way.split()
    if transport == "http":
        server: HttpServer = request.getfixturevalue("server")
        return over_http(server.url, version, **client)
    return over_stdio(home, version, {"INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger.txt")}, **client)
