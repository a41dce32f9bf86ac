"""What tests of privacy share: projects of agents in this folder."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def agents(tmp_path: Path) -> Callable[..., Path]:
    """`agents("module", "name", ...)`: a `langgraph.json` that offers these graphs of that module of this folder."""

    def offered(module: str, *names: str) -> Path:
        config = tmp_path / "langgraph.json"
        config.write_text(json.dumps({"graphs": {name: f"{HERE / module}.py:{name}" for name in names}}))
        return config

    return offered
