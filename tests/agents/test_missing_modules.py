"""What is said of a module that is not there: which environment lacks it, and how to have agents run in another.

Agents are written here as text: what they import is what is tested.
"""

import shutil
import sys
from importlib.metadata import version

import pytest

from interrupt_mcp.agents import Agents
from interrupt_mcp.errors import AgentError
from tests.agents.shouts import GRAPH, run
from tests.workers.venvs import virtual, worker


@pytest.mark.parametrize(
    ("source", "absent"),
    [
        ("import no_such_module\n", "no_such_module"),
        ("import no_such_module.within\n", "no_such_module"),
        (
            "try:\n    import no_such_module\nexcept ImportError as error:\n"
            "    raise ImportError('Please install no-such-module') from error\n",
            "Please install no-such-module",
        ),
    ],
)
@pytest.mark.anyio
async def test_a_missing_module_says_which_environment_lacks_it(project, caplog, source, absent):
    config = project({"broken": "./agent.py:graph"}, {"agent.py": source})

    async with Agents(config) as agents:
        card = await agents.describe("broken")
        await agents.describe("broken")

    assert absent in card.error
    assert f"It is not in the environment of {sys.executable}: install it there, or have agents run in an" in card.error
    assert caplog.messages == [card.error]


@pytest.mark.anyio
async def test_a_client_is_told_what_lacks_the_module_and_where_to_have_agents_run(serve, project, tmp_path, era):
    config = project({"broken": "./agent.py:graph"}, {"agent.py": "import no_such_module\n"})
    python = virtual(tmp_path / ".venv", **worker())

    async with serve(config, mode=era) as door:
        (card,) = (await door.call("list_agents"))["agents"]
        refused = await door.error("start_run", agent="broken", input={})

    assert refused.startswith("unavailable: ")
    for told in (card["error"], refused):
        assert f"It is not in the environment of {sys.executable}: install it there, or have agents run in the" in told
        assert f"set INTERRUPT_MCP_PYTHON={python} and start the server again" in told


@pytest.mark.parametrize("folder", [".venv", "venv"])
@pytest.mark.anyio
async def test_a_missing_module_names_the_projects_own_environment(project, tmp_path, folder):
    config = project({"broken": "./agent.py:graph"}, {"agent.py": "import no_such_module\n"})
    python = virtual(tmp_path / folder, **worker())

    async with Agents(config) as agents:
        ready = await agents.describe("broken")
    shutil.rmtree(tmp_path / folder)
    virtual(tmp_path / folder)
    async with Agents(config) as agents:
        bare = await agents.describe("broken")

    named = f"set INTERRUPT_MCP_PYTHON={python} and start the server again. "
    assert f"or have agents run in the project's own: {named}" in ready.error
    assert f"or have agents run in the project's own: {python} -m pip install " in bare.error
    assert f", then {named}" in bare.error


@pytest.mark.anyio
async def test_the_environment_that_runs_already_is_not_recommended(project, tmp_path, monkeypatch):
    config = project({"broken": "./agent.py:graph"}, {"agent.py": "import no_such_module\n"})
    virtual(tmp_path / ".venv", **worker())
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))

    async with Agents(config) as agents:
        card = await agents.describe("broken")

    assert "project's own" not in card.error


@pytest.mark.anyio
async def test_a_module_that_another_version_of_a_package_has_is_told_as_that(project):
    config = project({"broken": "./agent.py:graph"}, {"agent.py": "from anyio.no_such_part import x\n"})

    async with Agents(config) as agents:
        card = await agents.describe("broken")

    assert f"It is not in anyio {version('anyio')} that {sys.executable} has: install a version of it" in card.error


@pytest.mark.parametrize(
    "name", ["'x\\x1b[2J\\n'", "'../../etc'", "None", "'x' * 100_000", "4", "'.'", "'..a'", "'a b'"]
)
@pytest.mark.anyio
async def test_a_name_that_is_none_is_never_looked_for(project, name):
    source = f"raise ModuleNotFoundError('gone', name={name})\n"
    config = project({"broken": "./agent.py:graph"}, {"agent.py": source})

    async with Agents(config) as agents:
        card = await agents.describe("broken")

    assert "ModuleNotFoundError: gone (" in card.error
    assert "environment" not in card.error
    assert card.error.isprintable()
    assert len(card.error) < 1000


@pytest.mark.anyio
async def test_a_folder_with_a_name_that_moves_the_cursor_is_shown_and_not_obeyed(tmp_path):
    folder = tmp_path / "pro\x1b[2J\nject"
    folder.mkdir()
    virtual(folder / ".venv", **worker())
    (folder / "agent.py").write_text("import no_such_module\n")
    config = folder / "langgraph.json"
    config.write_text('{"graphs": {"broken": "./agent.py:graph"}}')

    async with Agents(config) as agents:
        card = await agents.describe("broken")

    assert "project's own" in card.error
    assert card.error.isprintable()


@pytest.mark.anyio
async def test_a_package_that_is_installed_meanwhile_is_found_without_a_new_start(project, tmp_path, monkeypatch):
    installed = tmp_path / "installed"
    installed.mkdir()
    monkeypatch.syspath_prepend(installed)
    config = project({"shouter": "./agent.py:graph"}, {"agent.py": "from came_later import graph\n"})

    async with Agents(config) as agents:
        for _ in range(2):
            with pytest.raises(AgentError, match="No module named 'came_later'"):
                await agents.load("shouter")
        (installed / "came_later.py").write_text(GRAPH)
        assert run(await agents.load("shouter")) == "HELLO"
