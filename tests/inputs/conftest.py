"""A project of agents that refuse what they are given."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Door, Serve
from tests.gate.conftest import Effects, effects  # noqa: F401
from tests.inputs import agents


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "langgraph.json"
    graphs = {name: f"{agents.__file__}:{name}" for name in agents.AGENTS}
    root = os.path.relpath(Path(agents.__file__).parents[2], tmp_path.resolve())
    path.write_text(json.dumps({"graphs": graphs, "dependencies": [root]}))
    return path


@pytest.fixture
async def door(serve: Serve, config: Path, effects: Effects) -> AsyncIterator[Door]:  # noqa: F811
    async with serve(config) as served:
        yield served
