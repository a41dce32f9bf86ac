"""An Agent Server, and projects whose agents run there."""

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.remote.agent_server import AgentServer, agent_server

NAMES = ("shop", "slow", "texts", "hotel", "talk", "stops")
AGENTS = Path(__file__).with_name("agents") / "there.py"
OTHER = "AGENT_SERVER"
"""The variable with the address, and the folder, of another server to try than the small one."""


class There:
    """An Agent Server, as a test sees it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._done = folder / "done.txt"
        self._done.unlink(missing_ok=True)

    def done(self) -> list[str]:
        """What agents did there in this test."""
        return self._done.read_text(encoding="utf-8").splitlines() if self._done.exists() else []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the agents of the small server are."""
    found = tmp_path_factory.mktemp("there")
    shutil.copy(AGENTS, found)
    return found


@pytest.fixture(scope="session")
def small(folder: Path) -> Iterator[AgentServer]:
    spec = importlib.util.spec_from_file_location("agents_there", folder / AGENTS.name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with agent_server({name: getattr(module, name) for name in NAMES}) as served:
        yield served


@pytest.fixture
def server(small: AgentServer) -> Iterator[AgentServer]:
    """The small server, which a test may have fail."""
    small.asked.clear()
    small.threads.clear()
    yield small
    small.faults.clear()


@pytest.fixture
def there(request: pytest.FixtureRequest) -> There:
    """The server that `AGENT_SERVER` names, or the small one."""
    if other := os.environ.get(OTHER):
        url, _, folder = other.partition(" ")
        return There(url, Path(folder))
    return There(request.getfixturevalue("server").url, request.getfixturevalue("folder"))


def offered(home: Path, url: str, policy: str = "", **more: Any) -> Path:
    """A `langgraph.json` whose agents run at that server; `more` is said of each."""
    config = home / "langgraph.json"
    config.write_text(json.dumps({"graphs": {name: {"url": url, **more} for name in NAMES}}))
    (home / "interrupt-mcp.toml").write_text(f'project = "{home.parent.name}-{home.name}"\n{policy}')
    return config


@pytest.fixture
def config(there: There, tmp_path: Path) -> Path:
    return offered(tmp_path, there.url)
