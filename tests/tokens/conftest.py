"""The operator at the command line, in this process, beside a server over HTTP that runs meanwhile."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import HttpServer, commanded, http_server


@dataclass(frozen=True)
class Operator:
    """Who types `interrupt-mcp token`."""

    capsys: pytest.CaptureFixture[str]
    database: Path
    said: list[str]
    """What stood on stderr after each command."""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What the command prints."""
        assert commanded("token", *arguments, "--database", f"sqlite:///{self.database}") == code
        printed = self.capsys.readouterr()
        self.said.append(printed.err)
        return printed.out

    def json(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self(*arguments, "--json"))
        return found

    def token(self, name: str, scopes: str, *more: str) -> str:
        """A token that is made now."""
        return self("create", name, "--scopes", scopes, *more).strip()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    with http_server(home, INTERRUPT_MCP_INBOX="on") as running:
        yield running


@pytest.fixture
def at_the_server(
    capsys: pytest.CaptureFixture[str], home: Path, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> Operator:
    """The operator of the server that runs."""
    assert server.base
    return _operator(capsys, home, monkeypatch)


@pytest.fixture
def operator(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """The operator where nothing was ever kept."""
    return _operator(capsys, tmp_path / "new" / "folder", monkeypatch)


def _operator(capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    for name in ("INTERRUPT_MCP_CONFIG", "INTERRUPT_MCP_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return Operator(capsys, home / "state.db", [])
