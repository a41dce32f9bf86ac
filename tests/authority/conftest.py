"""One server process under `human`, whose agents act on every no they hear, and servers that a test has for itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authority.operated import Project
from tests.authority.served import HUMAN, environ, written
from tests.effects import Effects
from tests.processes import HttpServer, http_server


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    with http_server(home, **environ(home, written(home)), **HUMAN) as running:
        yield running


@pytest.fixture
def effects(home: Path) -> Effects:
    """What the server's agents did in this test."""
    (home / "effects").unlink(missing_ok=True)
    return Effects(home / "effects")


@pytest.fixture
def did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    """What agents of a server in this process did."""
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    return Effects(tmp_path / "effects")


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def operated(tmp_path: Path, version: str, did: Effects) -> Project:
    """A project whose policy the operator changes, and servers of it in each era."""
    return Project(tmp_path, version)
