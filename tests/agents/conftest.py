"""Projects with real files, whose traces in the process are removed again."""

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.agents import Agents

Project = Callable[..., Path]
DESCRIBED = Path(__file__).parent / "agents" / "described.py"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def unchanged_process() -> Iterator[None]:
    path, environ, modules = list(sys.path), dict(os.environ), set(sys.modules)
    yield
    sys.path[:] = path
    os.environ.clear()
    os.environ.update(environ)
    for name in set(sys.modules) - modules:
        if "pytest-of-" in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes files and a langgraph.json that names the graphs; gives the latter's path."""

    def write(graphs: dict[str, Any], files: dict[str, str], **more: Any) -> Path:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
        config = tmp_path / "langgraph.json"
        config.write_text(json.dumps({"graphs": graphs, **more}), encoding="utf-8")
        return config

    return write


@pytest.fixture
def load(project):
    """`load("graph", **more)`: that graph of `agents/described.py`, which `langgraph.json` tells more of."""

    async def loaded(graph, **more):
        config = project({"it": {"path": f"{DESCRIBED}:{graph}", **more}}, {})
        async with Agents(config) as agents:
            agent = await agents.load("it")
            card = await agents.describe("it")
        assert (card.name, card.error) == ("it", None)
        assert (card.description, card.input_schema, card.example) == (
            agent.description,
            agent.input_schema,
            agent.example,
        )
        return agent

    return loaded
