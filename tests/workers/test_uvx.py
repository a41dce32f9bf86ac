"""A project with an environment of its own, under the server of `uvx`, whose environment has nothing of the agents'."""

import json
import os
import re
import shlex
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

from interrupt_mcp.agents.environment import python_in
from tests.conformance.foreign import ROOT
from tests.conftest import Door
from tests.environments import uv
from tests.processes import connected, ran, surroundings
from tests.workers.test_elsewhere import all_listed

pytestmark = pytest.mark.anyio
_SECONDS = 300.0
"""How long an installation may take where nothing was fetched yet."""
PACKAGE = "humanize"
"""One that the server's environment lacks."""
AGENT = (Path(__file__).parent / "agents" / "versions.py").read_text("utf-8")
LACKS = re.compile(r"agents cannot run there: .*, which this installs: (uv pip install .*)$", re.MULTILINE)


@asynccontextmanager
async def from_uvx(project: Path, variables: Mapping[str, str]) -> AsyncIterator[Door]:
    """A client, and the server that it started with `uvx` in the project's folder."""
    program = uv()[0] / "uvx"
    arguments = ["--from", str(ROOT), "interrupt-mcp"]
    server = StdioServerParameters(command=str(program), args=arguments, env={**variables}, cwd=project)
    with (project / "said.txt").open("w") as said:
        async with connected(stdio_client(server, errlog=said), "2026-07-28", {}) as door:
            yield door


@pytest.mark.posix
async def test_the_servers_word_leads_from_a_project_with_an_environment_of_its_own_to_agents_that_run_there(
    tmp_path: Path,
) -> None:
    folder, kept = uv()
    project = tmp_path / "project"
    project.mkdir()
    (project / "agent.py").write_text(f"import {PACKAGE}\n{AGENT}")
    described = {"graphs": {"versions": "./agent.py:graph"}, "dependencies": [f"{PACKAGE}>=4"]}
    (project / "langgraph.json").write_text(json.dumps(described))
    config = str(project / "langgraph.json")
    variables = surroundings(tmp_path, PATH=f"{folder}:{os.environ['PATH']}", INTERRUPT_MCP_CONFIG=config, **kept)
    for make in (["venv", ".venv"], ["pip", "install", "--python", ".venv", f"{PACKAGE}>=4"]):
        made = ran([str(folder / "uv"), *make, "--directory", str(project)], _SECONDS, variables)
        assert made.returncode == 0, made.stderr

    async with from_uvx(project, variables) as door:
        (listed,) = (await door.call("list_agents"))["agents"]
    assert PACKAGE in listed["error"]
    (told,) = set(LACKS.findall((project / "said.txt").read_text("utf-8")))
    done = ran([str(folder / "uv"), *shlex.split(told)[1:]], _SECONDS, variables)
    assert done.returncode == 0, done.stderr

    async with from_uvx(project, variables) as door:
        await all_listed(door)
        run = await door.call("start_run", agent="versions", input={"package": PACKAGE})
    assert run["status"] == "success", run
    assert Path(run["output"]["prefix"]) == project / ".venv"
    python = python_in(project / ".venv")
    assert f"Agents run with {python}, since it has {PACKAGE}, which the" in (project / "said.txt").read_text("utf-8")
