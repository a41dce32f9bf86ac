"""What the doctor says of a configuration that is wrong, or of which a part does nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.doctor.looking import SECTIONS, looked, project
from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings

KEY = "sk-proj-abcdefghijklmnop0123456789"


@pytest.mark.parametrize(
    ("policy", "environ", "told"),
    [
        ("this is = = no toml", {}, "interrupt-mcp.toml cannot be read"),
        ("nonsense = 3", {}, "`nonsense` in "),
        ("max_runs = 0", {}, "`max_runs` in "),
        ("", {"INTERRUPT_MCP_APROVER": "human"}, "INTERRUPT_MCP_APPROVER"),
        ("", {"INTERRUPT_MCP_DATABASE": f"mysql://me:{KEY}@host/db"}, "sqlite:///"),
    ],
)
def test_settings_that_cannot_be_read_are_a_finding_and_what_needs_them_is_left_out(
    tmp_path: Path, policy: str, environ: Mapping[str, str], told: str
) -> None:
    project(tmp_path, policy)
    said = looked(tmp_path, environ=environ)
    assert told in said.text("config", level="problem")
    (left_out,) = [each["text"] for each in said.of("config", level="note") if "Not looked at" in each["text"]]
    assert all(section in left_out for section in SECTIONS[3:])
    assert {each["section"] for each in said.findings} == set(SECTIONS[:3])
    assert KEY not in said.out


@pytest.mark.parametrize("content", [None, "{", "[]", '{"graphs": {"a": 3}}'])
def test_a_langgraph_json_that_cannot_be_read_leaves_out_agents_alone(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "langgraph.json").write_text(content)
    said = looked(tmp_path, environ={"INTERRUPT_MCP_CONFIG": str(tmp_path / "langgraph.json")})
    assert len(said.of("config", level="problem")) == 1
    assert not said.of("agents")
    assert "agents, policy" in said.text("config", level="note")
    assert said.of("database")


def test_a_project_of_ones_own_is_told_setting_by_setting(tmp_path: Path) -> None:
    project(
        tmp_path,
        'project = "mine"\nmax_runs = 5\n[policy]\napprover = "human"\n[agents.nobody]\napprover = "client"\n'
        '[agents.hello.tools."no_such*"]\nsensitive = true\n',
        env=".env",
        auth={"path": "./auth.py:auth"},
    )
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={KEY}\nINTERRUPT_MCP_RUN_TIMEOUT=9\n")
    secret = "x7" * 20
    said = looked(tmp_path, environ={"INTERRUPT_MCP_SECRET": secret, "INTERRUPT_MCP_MAX_RUNS": "9"})
    assert said.code == 1
    assert "INTERRUPT_MCP_CONFIG names it" in said.text("config", "langgraph.json", "ok")
    assert "max_runs is 9, by INTERRUPT_MCP_MAX_RUNS" in said.text("config", "max_runs")
    assert "project is mine, by `project` in" in said.text("config", "project")
    assert "`policy.approver` in" in said.text("config", "approver")
    assert "secret is set" in said.text("config", "secret")
    assert "`auth`" in said.text("config", "langgraph.json", "warning")
    assert "2 variables" in said.text("config", ".env", "ok")
    assert "INTERRUPT_MCP_RUN_TIMEOUT" in said.text("config", ".env", "warning")
    assert "no agent" in said.text("policy", "nobody", "problem")
    assert "no_such*" in said.text("policy", "hello", "warning")
    assert "human" in said.text("approver", level="ok")
    assert KEY not in said.out
    assert secret not in said.out


def test_a_file_of_variables_that_nothing_names_is_told(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / ".env").write_text("A=b\n")
    said = looked(tmp_path)
    assert '"env": ".env"' in said.text("config", ".env", "note")
    assert said.code == 0


def test_what_was_found_in_the_working_directory_is_told_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    ended = ran([command(), "doctor"], PATIENCE, surroundings(tmp_path))
    assert ended.returncode == 0, ended.stdout
    assert "found in the working directory" in ended.stdout


def test_wrong_arguments_are_told_with_exit_code_2(tmp_path: Path) -> None:
    for wrong in (["--nonsense"], ["--seconds", "0"], ["--seconds", "nan"]):
        assert ran([command(), "doctor", *wrong], PATIENCE, surroundings(tmp_path)).returncode == 2


def test_a_terminal_of_eighty_columns_that_knows_few_letters_shows_it_all(tmp_path: Path) -> None:
    project(tmp_path)
    environ = surroundings(tmp_path, COLUMNS="80", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    ended = ran([command(), "doctor"], PATIENCE, environ)
    assert ended.returncode == 0
    lines = ended.stdout.splitlines()
    heads = [line.lower() for line in lines if line and not line.startswith(" ")]
    assert heads[:-1] == list(SECTIONS)
    assert heads[-1].startswith("no problems")
    # Only a word, such as a path, is longer.
    assert all(len(line) <= 80 or len(line.strip().split(" ")) <= 2 for line in lines)
    assert ended.stdout.isascii()
    assert "\x1b" not in ended.stdout
