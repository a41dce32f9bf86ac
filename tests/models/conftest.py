"""A server whose agents use a provider of models on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.provider import KEY, Provider, provider
from tests.processes import HttpServer, http_server

AGENTS = Path(__file__).with_name("agents")


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="package")
def reachable() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
def openai(reachable: Provider) -> Provider:
    """The provider, which was asked nothing yet in this test."""
    reachable.forget()
    return reachable


@pytest.fixture(scope="package")
def config(home: Path) -> Path:
    """The bundled agents that use a model, and one that has its answers streamed."""
    graphs = {name: f"interrupt_mcp_agents.{name}:graph" for name in ("hotel", "desk", "revise_text")}
    path = home / "langgraph.json"
    path.write_text(json.dumps({"graphs": {**graphs, "streaming": f"{AGENTS / 'streaming.py'}:streaming"}}))
    return path


@pytest.fixture(scope="package")
def server(home: Path, config: Path, reachable: Provider) -> Iterator[HttpServer]:
    """A server whose agents use the provider."""
    environ = {
        "INTERRUPT_MCP_MODEL": "openai:gpt-4o",
        "INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger.txt"),
        "OPENAI_BASE_URL": reachable.url,
        "OPENAI_API_KEY": KEY,
    }
    with http_server(home, "--config", str(config), **environ) as running:
        yield running


@pytest.fixture
def ledger(home: Path) -> Path:
    """One line for each booking that was really made in the test."""
    file = home / "ledger.txt"
    file.unlink(missing_ok=True)
    return file
