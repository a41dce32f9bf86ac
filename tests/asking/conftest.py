"""One server for all these tests: each uses threads of its own, and a file of its own for what agents do outside."""

import importlib
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from langgraph.pregel import Pregel
from mcp import Client

from interrupt_mcp.app import VERSION, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from tests.conftest import Door
from tests.database import variables_of

AGENTS = Path(__file__).parent / "agents"
FILES = ("tools", "nodes", "raising", "unruly", "recording", "known", "documented")
sys.path.append(str(AGENTS))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def graphs() -> dict[str, str]:
    """Every graph of the agents' files, each under the name that it has there."""
    return {
        name: f"{AGENTS / file}.py:{name}"
        for file in FILES
        for name, value in vars(importlib.import_module(f"tests.asking.agents.{file}")).items()
        if isinstance(value, Pregel)
    }


def written(folder: Path, agents: dict[str, str]) -> Path:
    """A `langgraph.json` with these agents."""
    path = folder / "langgraph.json"
    path.write_text(json.dumps({"graphs": agents, "dependencies": [os.path.relpath(AGENTS, folder.resolve())]}))
    return path


@asynccontextmanager
async def serving(config: Path) -> AsyncIterator[Door]:
    """A server in memory, and a client of it; the database is beside the configuration."""
    environ = {"HOME": str(config.parent), **variables_of(config.parent)}
    settings = read_settings(environ, config=str(config), cwd=config.parent)
    async with running(settings) as app, Client(build_server(app.runs_of, app.agents, VERSION, settings)) as client:
        yield Door(client, app)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("asking"), graphs())


@pytest.fixture(scope="session")
async def shared(config: Path, anyio_backend: str) -> AsyncIterator[Door]:
    async with serving(config) as door:
        yield door


@dataclass(frozen=True)
class Asking:
    """The server, and what agents did in this test."""

    door: Door
    file: Path

    @property
    def effects(self) -> list[Any]:
        """What agents did, each as `[what, with]`, in order."""
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    async def start(self, agent: str, **arguments: Any) -> dict[str, Any]:
        return await self.door.call("start_run", agent=agent, **arguments)

    async def decide(self, run: dict[str, Any], *decisions: dict[str, Any]) -> dict[str, Any]:
        return await self.door.call("resume_run", run_id=run["run_id"], decisions=list(decisions))

    async def refuse(self, run: dict[str, Any], *decisions: dict[str, Any]) -> str:
        return await self.door.error("resume_run", run_id=run["run_id"], decisions=list(decisions))


@pytest.fixture
def asking(shared: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asking:
    file = tmp_path / "effects"
    monkeypatch.setenv("ASKING_EFFECTS", str(file))
    return Asking(shared, file)
