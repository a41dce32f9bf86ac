"""What is on record of a project, as its operator reads it."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.database import url_of
from tests.effects import Effects
from tests.gate.agents.together import POLICY
from tests.processes import commanded

Audited = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture
def audited(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Audited:
    """`audited(config)`: the entries of `interrupt-mcp audit`, oldest first."""
    monkeypatch.setenv("INTERRUPT_MCP_DATABASE", url_of(tmp_path))

    def entries(config: Path) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert commanded("audit", "--json", "--config", str(config)) == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["audit"]
        return found

    return entries


@pytest.fixture
async def starting(serve: Serve, era: str, offer: Offer, effects: Effects) -> AsyncIterator[Any]:
    """`starting(graph)`: a door, in each era, and a run of that agent, which waits."""
    opened: list[Any] = []

    async def started(graph: str, policy: str = POLICY) -> tuple[Door, dict[str, Any]]:
        serving = serve(offer(desk=f"together:{graph}", policy=policy), mode=era)
        opened.append(serving)
        door = await serving.__aenter__()
        return door, await door.call("start_run", agent="desk", message="go")

    yield started
    for serving in reversed(opened):
        await serving.__aexit__(None, None, None)
