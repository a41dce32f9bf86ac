"""What says how many workers there are, in which environment, and how much memory each may take."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.config.offers import Offer
from interrupt_mcp.errors import ConfigError
from tests.docs.site import DOCS
from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings

PAGE = (DOCS / "configuration.md").read_text("utf-8")


def read(folder: Path, *lines: str, cwd: Path | None = None, workers: str | None = None, **environ: str) -> Settings:
    """What these lines of the file, this argument and these variables say."""
    (folder / "langgraph.json").write_text("{}")
    (folder / "interrupt-mcp.toml").write_text("\n".join(lines))
    variables = {f"INTERRUPT_MCP_{name}": value for name, value in environ.items()}
    return read_settings(variables, config=str(folder / "langgraph.json"), workers=workers, cwd=cwd or folder)


def test_unless_a_setting_says_so_there_are_none(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.workers, settings.python, settings.worker_memory) == (0, None, None)


def test_an_argument_goes_before_the_variable_and_that_before_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, "workers = 2").workers == 2
    assert read(tmp_path, "workers = 2", WORKERS="3").workers == 3
    assert read(tmp_path, "workers = 2", WORKERS="3", workers="0").workers == 0


@pytest.mark.posix
def test_the_path_of_a_python_begins_where_it_was_named_and_a_link_stays_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    (project / ".venv" / "bin").mkdir(parents=True)
    elsewhere.mkdir()
    link = project / ".venv" / "bin" / "python"
    link.symlink_to(tmp_path / "python")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert read(project, 'python = ".venv/bin/python"', cwd=elsewhere).python == link
    assert read(project, cwd=elsewhere, PYTHON="../project/.venv/bin/python").python == link
    assert read(project, 'python = "~/project/.venv/bin/python"').python == link
    offers = read(project, "[agents.desk]", 'python = "../a/bin/python"', cwd=elsewhere).offers
    assert offers["desk"].python == tmp_path / "a" / "bin" / "python"


@pytest.mark.parametrize(
    ("lines", "environ", "said"),
    [
        (["workers = -1"], {}, r"`workers` in .* is -1; it must be a whole number from 0 to 256"),
        ([], {"WORKERS": "1000"}, r"INTERRUPT_MCP_WORKERS is '1000'; it must be a whole number from 0 to 256"),
        ([], {"WORKERS": "auto"}, r"INTERRUPT_MCP_WORKERS is 'auto'"),
        ([], {"WORKER": "2"}, r"The variable INTERRUPT_MCP_WORKER is not a setting; INTERRUPT_MCP_WORKERS is"),
        (["worker_memory = 64"], {}, r"`worker_memory` in .* is 64; it must be a whole number from 256\. "),
        (["python = 3"], {}, r"`python` in .* is 3; it must be text"),
        (['python = "."'], {}, r"`python` in .* is '.'; it must be the path of a Python, such as .*python.*no folder"),
        (["[agents.desk]", 'python = "."'], {}, r"`agents\.desk\.python` in .* is '.'; it must be the path of a Py"),
    ],
)
def test_what_is_none_is_refused_with_what_is_allowed(
    tmp_path: Path, lines: Sequence[str], environ: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, *lines, **environ)


def test_workers_as_an_argument_are_checked_and_are_for_http(tmp_path: Path) -> None:
    wrong = ran([command(), "serve", "--http", "--workers", "many"], PATIENCE, surroundings(tmp_path))
    stdio = ran([command(), "serve", "--workers", "2"], PATIENCE, surroundings(tmp_path))
    assert "--workers is 'many'; it must be a whole number from 0 to 256" in wrong.stderr
    assert "--workers is for --http, and it is not given; for all servers of a project there is" in stdio.stderr
    assert (wrong.returncode, stdio.returncode, wrong.stdout, stdio.stdout) == (2, 2, "", "")


@pytest.mark.parametrize("name", ["WORKERS", "PYTHON", "WORKER_MEMORY"])
def test_the_documentation_has_each_setting(name: str) -> None:
    assert f"\n| `INTERRUPT_MCP_{name}` |" in PAGE


def test_the_documentation_has_all_that_the_file_says_of_an_agent() -> None:
    rows = [line for line in PAGE.splitlines() if line.endswith(" |") and " | an agent | " in line]
    assert all(any(f"`{each.name}`" in row.split("|")[1] for row in rows) for each in fields(Offer))
