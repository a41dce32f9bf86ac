"""What the doctor says of the environments in which agents run, and of agents where they run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from interrupt_mcp.agents.environment import environment_in, python_in
from interrupt_mcp.distribution import version
from tests.doctor.looking import HELLO, Said, looked, project
from tests.patience import PATIENCE
from tests.workers.environment import OLDER_MCP, worker_python
from tests.workers.venvs import install, server, virtual, worker

REFUNDING = Path(__file__).parents[1] / "workers" / "agents" / "refunding.py"


def policy(**pythons: Path) -> str:
    return "workers = 2\n" + "\n".join(f"[agents.{name}]\npython = '{python}'\n" for name, python in pythons.items())


def bare(folder: Path) -> Path:
    """The Python of a real environment with nothing in it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=PATIENCE)
    return python_in(folder)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Of a project whose agents run in five environments, in two of which they can."""
    home = tmp_path_factory.mktemp("environments")
    empty, old = bare(home / "empty"), bare(home / "old")
    (packages, *_) = environment_in(home / "old").packages or ()
    install(Path(packages), "interrupt_mcp_worker", "0.0.1")
    both = virtual(home / "both", **worker(), **server())
    (home / "hello.py").write_text(HELLO)
    graphs = dict.fromkeys(("here", "too", "empty", "old", "both"), "./hello.py:graph")
    graphs["refunds"] = f"{REFUNDING}:graph"
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    pythons = {"refunds": worker_python(*OLDER_MCP), "empty": empty, "old": old, "both": both}
    sensitive = "[agents.refunds.tools.refund]\nsensitive = true\n"
    (home / "interrupt-mcp.toml").write_text(policy(**pythons) + sensitive)
    return looked(home, environ={"LEDGER": str(home / "ledger.txt")})


def test_which_agents_run_where_is_told_and_in_how_many_workers(said: Said) -> None:
    told = said.text("environments", level="ok")
    assert "here and too run in 2 workers, in the server's environment." in told
    assert re.search(r"^refunds runs in 2 workers, in the environment of .*\.tools.*python", told, re.MULTILINE)


def test_an_agent_is_loaded_where_it_runs(said: Said) -> None:
    assert "A person is asked about refund (by policy)" in said.text("agents", "refunds", "ok")
    assert said.of("agents", "here", "ok")
    assert not said.of("policy", "refunds")


def test_an_environment_in_which_no_worker_can_run_is_a_problem_with_what_mends_it(said: Said) -> None:
    problems = said.of("environments", level="problem")
    empty, old, both = (each["text"] for each in problems)
    assert "lacks interrupt-mcp-worker, which this installs: " in empty
    assert f"has interrupt-mcp-worker 0.0.1, and this server is {version()}: " in old
    assert "are both installed in" in both
    commands = [each["do"].partition("\n")[2] for each in problems]
    assert all("pip install" in command for command in commands[:2])
    assert commands[0] in empty
    assert commands[1] in old
    assert "pip uninstall interrupt-mcp interrupt-mcp-worker\n" in commands[2]
    for name in ("empty", "old", "both"):
        assert "agents cannot run in its environment" in said.text("agents", name, "problem")
    assert said.code == 1


@pytest.mark.posix
def test_an_environment_that_nobody_chose_is_told_and_how_to_choose(tmp_path: Path) -> None:
    project(tmp_path, dependencies=["langchain-mcp-adapters<1"])
    (tmp_path / ".venv").symlink_to(worker_python(*OLDER_MCP).parents[1])
    said = looked(tmp_path)
    assert "since it has langchain-mcp-adapters, which" in said.text("environments", level="note")
    assert "INTERRUPT_MCP_PYTHON=" in said.text("environments", level="note")
    assert said.of("agents", "hello", "ok")
    assert said.code == 0


@pytest.mark.parametrize(
    ("lines", "level", "told"),
    [
        ("", "ok", "Agents run in the server's own process"),
        ("python = 'none/bin/python'", "problem", "`python` in interrupt-mcp.toml"),
    ],
)
def test_one_that_is_not_there_leaves_out_agents_and_none_leaves_them_here(
    lines: str, level: str, told: str, tmp_path: Path
) -> None:
    project(tmp_path, lines)
    said = looked(tmp_path)
    assert told in said.text("environments", level=level)
    assert bool(said.of("agents")) == (level == "ok")
    assert said.of("processes")
