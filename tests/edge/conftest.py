"""One shared server in token mode for all tests that leave it running, and tokens for it, made as an operator does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.edge.callers import token_for
from tests.processes import CHECKOUT, HttpServer, http_server
from tests.projects import offering

MOST = 4
"""Requests in progress of one principal."""


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("edge")
    policy = f'proxies = ["127.0.0.1"]\n[auth]\nmode = "token"\n\n[limits]\nrequests = {MOST}\n'
    offering(home, home, policy=policy, slow="tests.waiting:graph", hotel="interrupt_mcp_agents.hotel:graph")
    return home


@pytest.fixture(scope="package")
def environ(home: Path) -> dict[str, str]:
    return {
        "INTERRUPT_MCP_CONFIG": str(home / "langgraph.json"),
        "INTERRUPT_MCP_INBOX": "on",
        "INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger.txt"),
        "GO": str(home / "go"),
        "PYTHONPATH": CHECKOUT,
    }


@pytest.fixture(scope="package")
def server(home: Path, environ: dict[str, str]) -> Iterator[HttpServer]:
    with http_server(home, "--host", "0.0.0.0", **environ) as running:
        yield running


@pytest.fixture(scope="package")
def make(home: Path, environ: dict[str, str]) -> Callable[..., str]:
    """Makes a token for that name with those scopes."""
    return lambda name, *scopes: token_for(home, environ, name, *scopes)


@pytest.fixture(scope="package")
def token(make: Callable[..., str]) -> str:
    """One for a client that runs agents and looks at what came of it."""
    return make("client", "run", "read")


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    """Once for each protocol era."""
    return str(request.param)
