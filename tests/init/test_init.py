"""`init` makes a project that works at once, and touches nothing that is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from interrupt_mcp.cli.init import FILES
from interrupt_mcp.client import Runs
from interrupt_mcp.config import read_settings
from tests.cli.conftest import Command
from tests.cli.conftest import run as run  # the fixture
from tests.patience import PATIENCE
from tests.processes import over_stdio, surroundings
from tests.workers.venvs import virtual


@pytest.mark.anyio
async def test_the_first_path_from_nothing_to_a_letter(run: Command, tmp_path: Path) -> None:
    home = tmp_path / "my déjà project"
    made = run("init", home.name)
    assert made.code == 0, made.err
    assert {path.name for path in home.iterdir()} == set(FILES)
    (line,) = re.findall(r"^  (.* -m pytest)", made.out, re.MULTILINE)
    ended = subprocess.run(  # noqa: ASYNC221  nothing else goes on here
        line, shell=True, cwd=home, env=surroundings(tmp_path), capture_output=True, text=True, timeout=2 * PATIENCE
    )
    assert "3 passed" in ended.stdout, ended.stdout + ended.stderr
    assert not (home / "outbox").exists()
    async with over_stdio(home) as door:
        runs = Runs(door.client)
        asked = await runs.start("letters", "Write to Ada: Tea at five?")
        assert not (home / "outbox").exists()
        assert (await runs.accept(asked)).status == "success"
    assert (home / "outbox" / "ada.txt").read_text() == "Tea at five?\n"


def test_each_rule_that_is_an_example_is_taken(run: Command, tmp_path: Path) -> None:
    assert run("init").code == 0
    (tmp_path / "previews.py").write_text("def letter(to, text):\n    return text\n")
    file = tmp_path / "interrupt-mcp.toml"
    lines = file.read_text().splitlines()
    table, keys = "", set()
    for example in (line.removeprefix("#: ") for line in lines if line.startswith("#: ")):
        if example.startswith("["):
            table = example
            continue
        keys.add(example.partition(" =")[0])
        file.write_text(f"{table}\n{example}\n")
        read_settings({}, cwd=tmp_path)
    assert {"sensitive", "approver", "channels", "allow", "risk", "deciders", "require_other_person"} <= keys
    assert {"desk", "preview", "graph", "context"} <= keys
    assert {"description", "example", "project", "database", "run_timeout", "model", "inbox"} <= keys
    all_of_them = [line.removeprefix("#: ") for line in lines if "gpt-4o" not in line]
    file.write_text("\n".join(all_of_them))
    listed = run("agents")
    assert listed.code == 0, listed.err
    assert "letters_of_ann" in listed.out
    assert "annot be loaded" not in listed.out


def test_where_the_folder_has_an_environment_it_is_said_how_agents_run_there(run: Command, tmp_path: Path) -> None:
    assert "environment" not in run("init", "one").out
    python = virtual(tmp_path / "other" / ".venv")
    made = run("init", "other")
    assert made.code == 0
    assert f"{python} -m pip install " in made.out
    assert "once it has interrupt-mcp-worker too" in made.out


@pytest.mark.posix
def test_what_is_there_stays_and_nothing_is_made(run: Command, tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("mine")
    (tmp_path / "README.md").symlink_to("nowhere")
    refused = run("init")
    assert refused.code == 2
    assert "has agent.py, README.md already. Nothing was written" in refused.err
    assert {path.name for path in tmp_path.iterdir()} == {"agent.py", "README.md"}
    assert (tmp_path / "agent.py").read_text() == "mine"
    assert "is no directory" in run("init", "agent.py").err
    assert "cannot be made into a project" in run("init", "agent.py/below").err
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert "is no directory" in run("init", "link").err
    (tmp_path / "real").mkdir()
    assert run("init", "link").code == 0
    assert (tmp_path / "real" / "agent.py").exists()


def test_a_name_that_would_act_on_the_terminal_is_shown_and_one_like_a_flag_is_a_directory(
    run: Command, tmp_path: Path
) -> None:
    made = run("init", "a\x1b[31mb")
    assert made.code == 0
    assert "\x1b" not in made.out
    assert run("init", "--", "-x").code == 0
    assert (tmp_path / "-x" / "agent.py").exists()


def test_the_files_are_clean_code(tmp_path: Path, run: Command) -> None:
    assert run("init").code == 0
    rules = ["--select", "ALL", "--ignore", "D,S101,COM812,CPY,INP001,E501"]
    ended = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", *rules, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stdout
