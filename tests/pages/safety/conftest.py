"""A server over HTTP with pages, for all tests that leave it running; on it a run waits for a person."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pages.asking import asked
from tests.pages.safety.visitors import Visitor, signed_in, visiting
from tests.processes import HttpServer, http_server, over_http


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    with http_server(home, INTERRUPT_MCP_INBOX="on") as running:
        yield running


@pytest.fixture
def visitor(server: HttpServer) -> Iterator[Visitor]:
    """Somebody who is not signed in."""
    with visiting(server.base) as visitor:
        yield visitor


@pytest.fixture
def person(server: HttpServer, home: Path) -> Iterator[Visitor]:
    """Somebody who is signed in."""
    with signed_in(server.base, home) as visitor:
        yield visitor


@pytest.fixture
def waiting(server: HttpServer) -> dict[str, Any]:
    """A run that waits for a person to decide on one booking."""
    return asyncio.run(started(server.url))


async def started(url: str, message: str = "Book the Ritz") -> dict[str, Any]:
    """A run of the bundled agent `hotel`, which asks."""
    async with over_http(url) as door:
        run = await asked(door, agent="hotel", message=message)
    assert run["status"] == "interrupted", run
    return run
