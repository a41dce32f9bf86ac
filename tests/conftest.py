"""What all tests share: a server over a database of its own, reached by a real client in either protocol era."""

import json
import os
import signal
import textwrap
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from interrupt_mcp.app import VERSION, App, running
from interrupt_mcp.config import read_settings
from interrupt_mcp.mcp import build_server
from tests.effects import Effects
from tests.projects import offering

ERAS = {"2026-07-28": "auto", "2025-11-25": "legacy"}

# A shell that has the tests run in the background has them, and all their processes, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=list(ERAS))
def era(request: pytest.FixtureRequest) -> str:
    """The client's `mode`, once for each protocol era."""
    return ERAS[request.param]


@dataclass(frozen=True)
class Door:
    """A client of a running server, as a test uses it."""

    client: Client
    app: App | None = None

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The tool's structured result; an error result fails the test with its text."""
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, result.content[0].text  # type: ignore[union-attr]
        assert result.structured_content is not None
        return result.structured_content

    async def error(self, tool: str, **arguments: Any) -> str:
        """The text of the tool's error result."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        text: str = result.content[0].text  # type: ignore[union-attr]
        return text

    async def text(self, tool: str, **arguments: Any) -> str:
        """The tool's text, error or not."""
        result = await self.client.call_tool(tool, arguments)
        return str(result.content[0].text)  # type: ignore[union-attr]


Serve = Callable[..., AbstractAsyncContextManager[Door]]


@asynccontextmanager
async def serving(
    home: Path, config: Path | None = None, mode: str = "auto", environ: Mapping[str, str] = {}, **client: Any
) -> AsyncIterator[Door]:
    """Serve in memory, with the database `home/state.db`, and connect a client with these options."""
    variables = {"HOME": str(home), "PATH": os.environ["PATH"], "INTERRUPT_MCP_DATABASE": f"sqlite:///{home}/state.db"}
    settings = read_settings({**variables, **environ}, config=str(config) if config else None, cwd=home)
    async with running(settings) as app:
        server = build_server(app.runs, app.agents, VERSION, settings)
        async with Client(server, mode=mode, **client) as connected:
            yield Door(connected, app)


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`async with serve(config=..., mode=...) as door`: a server in memory, and a client of it.

    The database is `tmp_path/state.db`, so that a second `serve` of the same test goes on with it.
    """
    return partial(serving, tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """`project(name="source of agent file", ...)`: a `langgraph.json` whose agents are `graph` in those files."""

    def make(**sources: str) -> Path:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        for name, source in sources.items():
            (folder / f"{name}.py").write_text(textwrap.dedent(source))
        graphs = {name: f"./{name}.py:graph" for name in sources}
        config = folder / "langgraph.json"
        config.write_text(json.dumps({"graphs": graphs}))
        return config

    return make


Offer = Callable[..., Path]


@pytest.fixture
def offer(request: pytest.FixtureRequest, tmp_path: Path) -> Offer:
    """`offer("module:graph", name="module:graph", ...)`: a `langgraph.json` of graphs of the modules in `agents/`.

    That folder is beside the test. All else, such as `policy="..."`, is as `offering` takes it.
    """
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    return partial(offering, folder, request.path.with_name("agents"))


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Effects:
    """What agents of `tests.scripted` did in this test."""
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    return Effects(tmp_path / "effects")
