"""What a server loads before somebody needs it, and what it says where it cannot start or cannot use its database."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Command, StartWire, Wire
from tests.conftest import Offer
from tests.patience import PATIENCE
from tests.people.policies import say
from tests.processes import command, surroundings

HELLO = Path(__file__).parents[1] / "hello.py"
ALLOWED = {"interrupt_mcp", "rfc8785", "platformdirs", "uvloop"}
"""Distributions that a start may load beyond those that the MCP library loads, and Python's own."""
READING = ("runs", "interrupts", "audit")


def loaded(home: Path, arguments: Sequence[str]) -> set[str]:
    """Modules of a server that has listed its tools and then ended, without those of Python itself."""
    imports = home / "imports.txt"
    start = [sys.executable, "-X", "importtime", *arguments]
    with (
        imports.open("w") as errors,
        subprocess.Popen(
            start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=home, env=surroundings(home)
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        Wire(process).send("tools/list")
        assert b'"tools"' in process.stdout.readline()
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
    names = re.findall(r"^import time:.*\| +([\w.]+)$", imports.read_text(), re.MULTILINE)
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def test_a_start_loads_nothing_beyond_the_mcp_library_but_this_package(tmp_path: Path) -> None:
    ours = loaded(tmp_path, ["-m", "interrupt_mcp", "serve"])
    least = loaded(tmp_path, [str(HELLO)])
    assert {name.partition(".")[0] for name in ours - least} <= ALLOWED
    # What runs agents, or keeps runs, waits for the first call that needs it.
    eager = {
        f"interrupt_mcp.{name}" for name in ("runs.driver", "runs.service", "store", "engine", "execution", "http")
    }
    assert ours & eager == set()


def test_a_server_that_was_only_looked_at_leaves_no_files(wire: StartWire, tmp_path: Path) -> None:
    with wire() as server:
        assert server.ask("tools/list")["tools"]
        assert server.close() == 0
    assert list(tmp_path.iterdir()) == []


def test_python_m_is_the_command(tmp_path: Path) -> None:
    ended = [
        subprocess.run([*start, "--version"], capture_output=True, timeout=PATIENCE, check=True).stdout
        for start in ([command()], [sys.executable, "-m", "interrupt_mcp"])
    ]
    assert ended[0] == ended[1]
    assert ended[0].startswith(b"interrupt-mcp ")


def test_help_names_what_there_is_and_each_command_has_its_own(run: Command) -> None:
    names = re.findall(r"^    (\w+) +\S", run("--help").out, re.MULTILINE)
    assert {"serve", "demo", "agents", "runs", "interrupts", "audit"} <= set(names)
    for name in names:
        ended = run(name, "--help")
        assert ended.code == 0
        assert "--config" in ended.out
        assert "--database" in ended.out


def test_a_model_that_is_chosen_in_the_settings_file_reaches_the_agents(run: Command, offer: Offer) -> None:
    config = say(offer(it="naming_the_model:graph"), 'model = "somebody:something"')
    assert "ValueError: somebody:something" in run("agents", "--config", str(config)).out


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["frobnicate"], {}, "invalid choice: 'frobnicate'"),
        (["runs", "--limit", "0"], {}, "not a number from 1"),
        (["--config", "nowhere/langgraph.json"], {}, "There is no "),
        (["--config", "broken.json"], {}, "cannot be read as JSON"),
        (["--config", "empty.json"], {}, "names no agents"),
        (["serve", "--database", "mysql://me:secret@host/db"], {}, "'mysql://…'"),
        ([], {"INTERRUPT_MCP_APPROVER": "nobody"}, "INTERRUPT_MCP_APPROVER is 'nobody'"),
        ([], {"INTERRUPT_MCP_LOG": "loud"}, "INTERRUPT_MCP_LOG is 'loud'"),
        (["runs"], {"INTERRUPT_MCP_RUN_TIMEOUT": "soon"}, "INTERRUPT_MCP_RUN_TIMEOUT is 'soon'"),
        (["agents", "--config", "broken.json"], {}, "cannot be read as JSON"),
        (["demo", "--config", "broken.json"], {}, "cannot be read as JSON"),
    ],
)
def test_what_cannot_be_is_told_in_one_line_with_exit_code_2(
    run: Command, tmp_path: Path, arguments: list[str], environ: dict[str, str], said: str
) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "empty.json").write_text("{}")
    ended = run(*arguments, environ=environ)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert "secret" not in ended.err
    assert len([line for line in ended.err.splitlines() if line.startswith("interrupt-mcp")]) == 1


def no_database(tmp_path: Path) -> Path:
    file = tmp_path / "notes.txt"
    file.write_text("Buy milk. " * 100)
    return file


def newer(tmp_path: Path) -> Path:
    file = tmp_path / "newer.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA user_version = 4711")
    return file


def under_a_file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("no folder")
    return tmp_path / "file" / "state.db"


def a_folder(tmp_path: Path) -> Path:
    (tmp_path / "state.db").mkdir()
    return tmp_path / "state.db"


UNUSABLE = {
    "no database": (no_database, "file is not a database"),
    "a newer schema": (newer, "upgrade interrupt-mcp"),
    "under a file": (under_a_file, "cannot be used"),
    "a folder": (a_folder, "unable to open database file"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("case", UNUSABLE)
def test_a_database_that_cannot_be_used_is_told_and_not_harmed(
    run: Command, wire: StartWire, tmp_path: Path, case: str
) -> None:
    make, said = UNUSABLE[case]
    file = make(tmp_path)
    before = file.read_bytes() if file.is_file() else b""
    for name in READING if file.exists() else ():
        ended = run(name, "--database", f"sqlite:///{file}")
        assert (ended.code, ended.out) == (1, ""), name
        assert said in ended.err
        assert len(ended.err.splitlines()) == 1
    with wire("--database", f"sqlite:///{file}") as server:
        assert server.ask("tools/list")["tools"]
        result = server.call("list_runs")
        assert result["isError"]
        assert result["content"][0]["text"].startswith("unavailable: ")
        assert said in result["content"][0]["text"]
        assert server.close() == 0
    assert (file.read_bytes() if file.is_file() else b"") == before


@pytest.mark.sqlite
def test_a_database_that_can_be_used_again_is_used_again(wire: StartWire, tmp_path: Path) -> None:
    file = under_a_file(tmp_path)
    with wire("--database", f"sqlite:///{file}") as server:
        assert server.call("list_runs")["isError"]
        os.unlink(file.parent)
        assert server.call("list_runs")["structuredContent"] == {"runs": []}
        assert server.close() == 0
