"""One server process under `human`, whose agents act on every no they hear, and clients of it in both eras."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from langgraph.pregel import Pregel

from tests.authority import agents
from tests.conftest import Door
from tests.processes import HttpServer, http_server

CHECKOUT = str(Path(__file__).parents[2])
POLICY = """
[agents.by_policy.tools.plain]
sensitive = true
[agents.policy_inside.tools.plain]
sensitive = true
"""


def graphs() -> dict[str, str]:
    """Every graph of the agents' file, under its name there."""
    return {name: f"tests.authority.agents:{name}" for name, each in vars(agents).items() if isinstance(each, Pregel)}


def written(folder: Path, policy: str = POLICY) -> Path:
    """A `langgraph.json` with all of them, and what policy says."""
    (folder / "interrupt-mcp.toml").write_text(policy)
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": graphs()}))
    return config


@dataclass(frozen=True)
class Effects:
    file: Path

    @property
    def done(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="package")
def server(home: Path) -> Iterator[HttpServer]:
    variables = {"PYTHONPATH": CHECKOUT, "EFFECTS": str(home / "effects"), "INTERRUPT_MCP_APPROVER": "human"}
    with http_server(home, "--config", str(written(home)), **variables) as running:
        yield running


@pytest.fixture
def effects(home: Path) -> Effects:
    """What the server's agents did in this test."""
    (home / "effects").unlink(missing_ok=True)
    return Effects(home / "effects")


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


NODES = frozenset(name for name, each in vars(agents).items() if isinstance(each, Pregel) and "ask" in each.nodes)
"""Agents that are one plain node, and take no message."""


def given(agent: str) -> dict[str, Any]:
    """What the agent is started with."""
    return {"input": {"answer": None}} if agent in NODES else {"message": "go"}


async def start(door: Door, agent: str, **more: Any) -> dict[str, Any]:
    """A run of the agent that waits for a decision."""
    run = await door.call("start_run", agent=agent, **given(agent), **more)
    assert run["status"] == "interrupted", run
    return run
