"""The settings, as a person gives them."""

import subprocess
import sys
from pathlib import Path

import pytest

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.errors import ConfigError

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "langgraph.json").write_text("{}")
    return tmp_path


def toml(here: Path, text: str) -> None:
    (here / "interrupt-mcp.toml").write_text(text)


def test_importing_settings_and_agents_loads_no_langgraph():
    code = """
import sys, interrupt_mcp.config, interrupt_mcp.agents
print([name for name in sys.modules if name.startswith(("langgraph", "langchain", "jsonschema", "dotenv"))])
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.strip() == "[]"


def test_finding_the_bundled_agents_imports_nothing_of_them(tmp_path):
    code = """
import os, sys
from pathlib import Path
from interrupt_mcp.config import read_settings
print(read_settings({}, cwd=Path(sys.argv[1])).config_path.is_file())
print([name for name in sys.modules if name.startswith(("langgraph", "langchain", "interrupt_mcp_agents"))])
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.split("\n")[:2] == ["True", "[]"]


def test_without_any_setting_the_defaults_of_the_contract_hold(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    settings = read_settings({}, cwd=here)

    assert settings.config_path == here / "langgraph.json"
    assert settings.database.path.parts[-3:] == ("interrupt-mcp", settings.project, "state.db")
    assert settings == Settings(settings.config_path, settings.project, settings.database)
    assert (settings.run_timeout, settings.model, settings.approver) == (None, "offline", "auto")
    assert (settings.elicitation, settings.secret) == (True, None)


@pytest.mark.skipif(sys.platform != "linux", reason="names Linux's data directory")
def test_the_data_directory_is_looked_up_when_it_is_asked_for(here, monkeypatch):
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/somewhere")
    settings = read_settings({}, cwd=here)

    assert settings.database.path == Path("/somewhere/.local/share/interrupt-mcp", settings.project, "state.db")


def test_every_variable_is_read(here):
    settings = read_settings(
        {
            "INTERRUPT_MCP_CONFIG": "other/langgraph.json",
            "INTERRUPT_MCP_DATABASE": "sqlite:///state/runs.db",
            "INTERRUPT_MCP_RUN_TIMEOUT": "1.5",
            "INTERRUPT_MCP_MODEL": "openai:gpt-4o",
            "INTERRUPT_MCP_APPROVER": "human",
            "INTERRUPT_MCP_ELICITATION": "off",
            "INTERRUPT_MCP_SECRET": SECRET,
        },
        cwd=here,
    )

    assert settings.config_path == here / "other" / "langgraph.json"
    assert settings.database.path == here / "state" / "runs.db"
    assert (settings.run_timeout, settings.model, settings.approver) == (1.5, "openai:gpt-4o", "human")
    assert (settings.elicitation, settings.secret) == (False, SECRET)


def test_every_key_of_the_file_is_read(here):
    toml(
        here,
        f"""
        project = "front.desk_1"
        database = "sqlite:///state.db"
        run_timeout = 90
        model = "openai:gpt-4o"
        approver = "client"
        elicitation = false
        secret = "{SECRET}"
        """,
    )
    (here / "elsewhere").mkdir()

    settings = read_settings({"INTERRUPT_MCP_CONFIG": "../langgraph.json"}, cwd=here / "elsewhere")

    assert settings == Settings(
        config_path=here / "langgraph.json",
        project="front.desk_1",
        database=SqliteFile(here / "state.db"),
        run_timeout=90.0,
        model="openai:gpt-4o",
        approver="client",
        elicitation=False,
        secret=SECRET,
    )


def test_an_argument_wins_over_the_variable_and_the_variable_over_the_file(here):
    toml(here, 'database = "sqlite:///file.db"\nmodel = "of:file"\napprover = "client"')
    environ = {"INTERRUPT_MCP_DATABASE": "sqlite:///variable.db", "INTERRUPT_MCP_MODEL": "of:variable"}

    settings = read_settings(environ, database="sqlite:///argument.db", cwd=here)

    assert settings.database.path == here / "argument.db"
    assert (settings.model, settings.approver) == ("of:variable", "client")
    assert read_settings(environ, cwd=here).database.path == here / "variable.db"


def test_an_empty_variable_is_as_good_as_none(here):
    settings = read_settings({"INTERRUPT_MCP_MODEL": "", "INTERRUPT_MCP_CONFIG": " "}, cwd=here)

    assert (settings.model, settings.config_path) == ("offline", here / "langgraph.json")


def test_a_relative_database_starts_where_it_was_named(here):
    toml(here, 'database = "sqlite:///state.db"')
    there = here / "there"
    there.mkdir()
    config = str(here / "langgraph.json")

    assert read_settings({}, config=config, cwd=there).database.path == here / "state.db"
    assert read_settings({}, config=config, database="sqlite:///a.db", cwd=there).database.path == there / "a.db"


def test_a_database_url_with_four_slashes_is_absolute(here, tmp_path):
    path = tmp_path / "absolute.db"

    assert read_settings({}, database=f"sqlite:///{path}", cwd=Path("/")).database.path == path


def test_a_home_directory_may_be_written_short(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))

    assert read_settings({}, config="~/a/langgraph.json", cwd=Path("/")).config_path == here / "a" / "langgraph.json"


@pytest.mark.posix
def test_a_project_is_named_after_the_directory_and_the_real_place_of_the_file(tmp_path):
    one, two = tmp_path / "one" / "My Agents!", tmp_path / "two" / "My Agents!"
    for directory in (one, two):
        directory.mkdir(parents=True)
        (directory / "langgraph.json").write_text("{}")
    (tmp_path / "link").symlink_to(one)

    first = read_settings({}, cwd=one).project

    assert first.startswith("My-Agents-")
    assert read_settings({}, cwd=two).project != first
    assert read_settings({}, cwd=tmp_path / "link").project == first


def test_tables_of_policy_are_left_for_those_who_read_them(here):
    toml(here, '[policy]\nrisk = "high"\n[agents.desk]\napprover = "human"\n[agents.desk.tools."send_*"]\n')

    assert read_settings({}, cwd=here).approver == "auto"


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("DATABASE", "runs.db", "sqlite:///relative.db"),
        ("DATABASE", "sqlite://", "sqlite:///relative.db"),
        ("DATABASE", "sqlite:///", "sqlite:///relative.db"),
        ("DATABASE", "sqlite:///:memory:", "sqlite:///relative.db"),
        ("DATABASE", "sqlite:///a.db?mode=ro", "sqlite:///relative.db"),
        ("RUN_TIMEOUT", "soon", "a number of seconds above 0"),
        ("RUN_TIMEOUT", "0", "a number of seconds above 0"),
        ("RUN_TIMEOUT", "-1", "a number of seconds above 0"),
        ("RUN_TIMEOUT", "nan", "a number of seconds above 0"),
        ("RUN_TIMEOUT", "inf", "a number of seconds above 0"),
        ("APPROVER", "nobody", "one of auto, human, client"),
        ("ELICITATION", "maybe", "on or off"),
    ],
)
def test_a_bad_variable_is_named_with_its_value_and_what_is_allowed(here, variable, value, allowed):
    with pytest.raises(ConfigError) as caught:
        read_settings({f"INTERRUPT_MCP_{variable}": value}, cwd=here)

    assert str(caught.value).startswith(f"INTERRUPT_MCP_{variable} is {value!r}; it must be {allowed}")
    assert caught.value.code == "config"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("run_timeout = true", "is True; it must be a number of seconds"),
        ('run_timeout = "soon"', "is 'soon'; it must be a number of seconds"),
        ("model = 4", "is 4; it must be text that is not empty"),
        ("database = 4", "is 4; it must be text that is not empty"),
        ("elicitation = 1", "is 1; it must be on or off"),
        ('project = ".."', "is '..'; it must be 1 to 64 letters"),
        ('project = "a/b"', "is 'a/b'; it must be 1 to 64 letters"),
        ('project = ""', "is ''; it must be 1 to 64 letters"),
        ('policy = "strict"', "is 'strict'; it must be a table"),
        ('aprover = "human"', "`aprover` in "),
        ('aprover = "human"', "is not a setting; allowed are project, database, "),
        ("model =", "cannot be read: "),
    ],
)
def test_a_bad_value_in_the_file_is_named_with_what_is_allowed(here, text, said):
    toml(here, text)

    with pytest.raises(ConfigError, match=r"interrupt-mcp\.toml") as caught:
        read_settings({}, cwd=here)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("INTERRUPT_MCP_APROVER", "INTERRUPT_MCP_APPROVER is"),
        ("INTERRUPT_MCP_APPROVAL", "INTERRUPT_MCP_APPROVER is"),
        ("INTERRUPT_MCP_KEEP_THREAD", "INTERRUPT_MCP_KEEP_THREADS is"),
        ("INTERRUPT_MCP_PROJECT", "write project = ... in interrupt-mcp.toml"),
        ("INTERRUPT_MCP_PROJEKT", "write project = ... in interrupt-mcp.toml"),
    ],
)
def test_a_variable_that_is_almost_a_setting_is_refused(here, name, said):
    with pytest.raises(ConfigError) as caught:
        read_settings({name: "human"}, cwd=here)

    assert str(caught.value).startswith(f"The variable {name} is not a setting; {said}. ")


def test_a_variable_of_an_agent_may_have_a_name_like_ours(here):
    assert read_settings({"INTERRUPT_MCP_GREETING": "hello"}, cwd=here) == read_settings({}, cwd=here)


def test_a_file_that_is_no_text_is_an_error_of_the_configuration(here):
    (here / "interrupt-mcp.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings({}, cwd=here)


def test_a_secret_is_long_enough_and_shown_nowhere(here):
    with pytest.raises(ConfigError, match="INTERRUPT_MCP_SECRET is too short") as caught:
        read_settings({"INTERRUPT_MCP_SECRET": "hunter2"}, cwd=here)

    assert "hunter2" not in str(caught.value)
    assert SECRET not in repr(read_settings({"INTERRUPT_MCP_SECRET": SECRET}, cwd=here))


def test_several_secrets_are_a_ring_and_each_is_long_enough(here):
    ring = read_settings({"INTERRUPT_MCP_SECRET": f"{SECRET}, {'o' * 32},{SECRET},"}, cwd=here)
    assert ring.secrets == (SECRET, "o" * 32)
    assert read_settings({"INTERRUPT_MCP_SECRET": SECRET}, cwd=here).secrets == (SECRET,)
    assert read_settings({}, cwd=here).secrets == ()
    for short in (f"{SECRET},hunter2", f"hunter2,{SECRET}", f"{SECRET[:20]},{SECRET[:20]}", ","):
        with pytest.raises(ConfigError, match="INTERRUPT_MCP_SECRET is too short"):
            read_settings({"INTERRUPT_MCP_SECRET": short}, cwd=here)
