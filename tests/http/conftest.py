from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import HttpServer, http_server

SLOW = """
    import asyncio, os
    from pathlib import Path
    from langgraph.graph import START, MessagesState, StateGraph

    GO = Path(os.environ["GO"])

    async def wait(state):
        GO.with_suffix(".begun").touch()
        while not GO.exists():
            await asyncio.sleep(0.01)
        return {"messages": [("ai", "done")]}

    graph = StateGraph(MessagesState).add_node("wait", wait).add_edge(START, "wait").compile()
"""


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


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The file that the slow agent waits for."""
    return tmp_path / "go"


@pytest.fixture
def slow_server(project: Callable[..., Path], tmp_path: Path, go: Path) -> Iterator[HttpServer]:
    with http_server(tmp_path, "--config", str(project(slow=SLOW)), GO=str(go)) as server:
        yield server
