"""The fixture `agents` in suites of others: the guide as printed, the ways to have it, and what it costs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.processes import surroundings

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
CONFIG = '{"graphs": {"files": "./agent.py:graph"}}'
STARTS = """
def test_it_starts(agents):
    assert agents.start("files", "delete a.txt").asked.action == "delete_file"
"""
STRICT = """
[policy]
approver = "human"
channels = ["inbox"]
[agents.files.tools.read_file]
sensitive = true
risk = "high"
allow = ["accept", "reject"]
"""
UNDER_POLICY = """
import anyio.to_thread
import pytest

from interrupt_mcp.client import RunsError


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_in_an_event_loop(agents, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("a")
    run = await anyio.to_thread.run_sync(agents.start, "files", "delete nothing")
    run = agents.edit(run, path=str(file))
    assert run.status == "success"
    assert [(effect.result, effect.args) for effect in agents.effects] == [(f"deleted {file}", {"path": str(file)})]


def test_policy_holds(agents, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("a")
    run = agents.start("files", f"read {file}")
    assert (run.asked.action, run.asked.risk) == ("read_file", "high")
    assert run.asked.allowed == ("accept", "reject")
    with pytest.raises(RunsError, match="not_allowed"):
        agents.edit(run, path="other")
    assert agents.effects == []
    assert "a" in agents.accept(run).answer
    assert agents.unasked == []
    assert agents.effects[0].asked
"""


def example(name: str) -> str:
    (found,) = re.findall(rf"```python\n# {name}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "agent.py").write_text(example("agent.py"))
    (tmp_path / "langgraph.json").write_text(CONFIG)
    return tmp_path


def pytest_in(folder: Path, *arguments: str, **environ: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=surroundings(folder, **environ),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    return ended.stdout + ended.stderr


def test_the_guide_runs_as_it_is_printed_in_plain_and_async_tests_under_policy(suite: Path) -> None:
    (suite / "test_files.py").write_text(example("test_files.py"))
    strict = suite / "strict"
    strict.mkdir()
    (strict / "test_policy.py").write_text(UNDER_POLICY)
    (strict / "agent.py").write_text(example("agent.py"))
    (strict / "langgraph.json").write_text(CONFIG)
    (strict / "interrupt-mcp.toml").write_text(STRICT)
    said = pytest_in(suite)
    assert "6 passed" in said, said


@pytest.mark.parametrize(
    ("conftest", "environ"),
    [
        ("pytest_plugins = ['interrupt_mcp.testing']", {}),
        ("pytest_plugins = ['interrupt_mcp.testing']", {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
        ("from interrupt_mcp.testing import agents", {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
    ],
    ids=["named as well", "named", "imported"],
)
def test_the_fixture_is_there(suite: Path, conftest: str, environ: dict[str, str]) -> None:
    (suite / "conftest.py").write_text(conftest)
    (suite / "test_it.py").write_text(STARTS)
    said = pytest_in(suite, **environ)
    assert "1 passed" in said, said


def test_a_suite_that_has_its_own_agents_notices_nothing_and_nothing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        """
import sys

import pytest


@pytest.fixture
def agents():
    return "mine"


def test_it(agents, pytestconfig):
    assert agents == "mine"
    assert pytestconfig.pluginmanager.has_plugin("interrupt_mcp.testing")
    heavy = {"langgraph", "langchain", "langchain_core", "mcp", "anyio", "pydantic", "sqlite3", "interrupt_mcp.app"}
    assert heavy & set(sys.modules) == set()
"""
    )
    said = pytest_in(tmp_path, "-p", "interrupt_mcp.testing", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert "1 passed" in said, said


def test_the_file_is_the_one_that_is_named_and_where_there_is_none_that_is_said(suite: Path) -> None:
    (suite / "langgraph.json").unlink()
    (suite / "test_it.py").write_text(STARTS)
    assert "There is no langgraph.json in the folder of" in pytest_in(suite)
    (suite / "elsewhere.json").write_text(CONFIG)
    (suite / "pytest.ini").write_text("[pytest]\ninterrupt_mcp_config = elsewhere.json\n")
    said = pytest_in(suite)
    assert "1 passed" in said, said
