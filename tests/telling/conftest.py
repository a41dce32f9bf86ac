"""A server whose agents tell much while they work, and a client that listens, in each version of the protocol."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.processes import HttpServer, http_server, over_http
from tests.projects import offering
from tests.telling.listening import Listener

AGENTS = Path(__file__).with_name("agents")
CHECKOUT = str(Path(__file__).parents[2])
GRAPHS = [
    *("places:in_node", "places:in_async_node", "places:in_node_by_runtime", "places:in_node_by_argument"),
    *("places:in_subgraph", "places:in_tool", "places:in_async_tool", "places:in_tool_by_runtime"),
    *("places:in_agent_in_tool", "places:in_agent_in_sync_tool", "places:in_task"),
    *("odd:odd", "odd:flood", "odd:named"),
    *("speaking:waits", "speaking:at_once", "speaking:streams", "speaking:streams_in_a_thread", "speaking:thinks"),
    *("speaking:streams_by_itself", "speaking:whispers", "speaking:cannot_stream"),
    *("speaking:gives_a_secret", "speaking:ends_in_a_secret", "speaking:gives_a_passphrase"),
    *("speaking:talks_long", "speaking:talks_without_spaces"),
]


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telling")


@pytest.fixture
def go(home: Path) -> Path:
    """The file that the agent `waits` waits for."""
    file = home / "go"
    file.unlink(missing_ok=True)
    return file


@pytest.fixture(scope="package")
def environ(home: Path) -> dict[str, str]:
    """The variables of a server that offers all these agents."""
    config = offering(home, AGENTS, *GRAPHS)
    variables = {"PYTHONPATH": CHECKOUT, "GO": str(home / "go"), "SHOP_PASSPHRASE": "correct horse battery"}
    return {"INTERRUPT_MCP_CONFIG": str(config), **variables}


@pytest.fixture(scope="package")
def server(home: Path, environ: dict[str, str]) -> Iterator[HttpServer]:
    with http_server(home, **environ) as running:
        yield running


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def listener(server: HttpServer, version: str) -> AsyncIterator[Listener]:
    async with over_http(server.url, version) as door:
        yield Listener(door)
