"""Which agents run in which environment: as settings say, else where the project's own has what this one lacks."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.agents import Agents
from interrupt_mcp.config import read_settings
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.process.serving import check_manifest
from interrupt_mcp.workers.environments import Group, groups
from tests.workers.venvs import server, virtual, worker

HERE = Path(sys.executable)


def found(folder: Path, *lines: str, agents: str = "a b c", **more: Any) -> tuple[list[Group], list[str]]:
    """The environments of a project with these lines in its settings, and what was warned of.

    `more` is what else its `langgraph.json` says.
    """
    graphs = dict.fromkeys(agents.split(), "./agent.py:graph")
    (folder / "langgraph.json").write_text(json.dumps({"graphs": graphs, **more}))
    (folder / "interrupt-mcp.toml").write_text("\n".join(lines))
    settings = read_settings({}, cwd=folder)
    warned: list[str] = []
    return list(groups(settings, Agents(settings.config_path, settings.offers), warned.append)), warned


def test_where_nothing_says_otherwise_this_process_drives_all(tmp_path: Path) -> None:
    assert found(tmp_path) == ([], [])


def test_workers_alone_are_in_this_environment(tmp_path: Path) -> None:
    assert found(tmp_path, "workers = 2") == ([Group(HERE, ("a", "b", "c"), 2)], [])


def test_a_python_for_all_is_one_worker_or_as_many_as_are_said(tmp_path: Path) -> None:
    python = virtual(tmp_path / "env")
    named = f"python = '{python}'"
    assert found(tmp_path, named)[0] == [Group(python, ("a", "b", "c"), 1)]
    assert found(tmp_path, named, "workers = 3")[0] == [Group(python, ("a", "b", "c"), 3)]


def test_if_one_runs_elsewhere_the_others_have_workers_in_this_environment(tmp_path: Path) -> None:
    python = virtual(tmp_path / "env")
    lines = ("workers = 2", "[agents.b]", f"python = '{python}'")
    assert found(tmp_path, *lines)[0] == [Group(HERE, ("a", "c"), 2), Group(python, ("b",), 2)]


def test_an_agents_own_python_goes_before_that_of_all_and_each_environment_is_one_whatever_its_python_is_called(
    tmp_path: Path,
) -> None:
    one, other = virtual(tmp_path / "one"), virtual(tmp_path / "other")
    again = one.with_name(one.name.replace("python", "python3"))
    again.write_text("")
    lines = (f"python = '{one}'", "[agents.b]", f"python = '{other}'", "[agents.c]", f"python = '{again}'")
    assert found(tmp_path, *lines)[0] == [Group(one, ("a", "c"), 1), Group(other, ("b",), 1)]


@pytest.mark.posix
def test_links_to_one_python_in_two_virtual_environments_are_two_environments(tmp_path: Path) -> None:
    one, other = virtual(tmp_path / "one"), virtual(tmp_path / "other")
    for each in (one, other):
        each.unlink()
        each.symlink_to(HERE.resolve())
    lines = (f"python = '{one}'", "[agents.b]", f"python = '{other}'", "[agents.c]", f"python = '{HERE}'")
    assert [(group.python, group.agents) for group in found(tmp_path, *lines)[0]] == [
        (one, ("a",)),
        (other, ("b",)),
        (HERE, ("c",)),
    ]


def test_the_python_that_runs_already_is_no_other_environment(tmp_path: Path) -> None:
    assert found(tmp_path, f"python = '{HERE}'") == ([], [])
    assert found(tmp_path, f"python = '{HERE}'", "workers = 1")[0] == [Group(HERE, ("a", "b", "c"), 1)]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('python = "none/bin/python"',), r"`python` in interrupt-mcp.toml, or INTERRUPT_MCP_PYTHON, names: make"),
        (("[agents.b]", 'python = "none/bin/python"'), r"`agents.b.python` in interrupt-mcp.toml names: make that"),
    ],
)
def test_a_python_that_is_not_there_is_an_error_at_the_start(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=rf"There is no Python at .*none.*python, which {said}"):
        found(tmp_path, *lines)


NEEDS = ["langgraph", "no-such-package>=2", "Another_One"]
HAS = {"langgraph": "1.2.24", "no_such_package": "2.1", "another_one": "1"}


@pytest.mark.parametrize("folder", [".venv", "venv"])
def test_the_projects_own_environment_is_taken_where_it_has_what_is_lacking_here_and_that_is_said(
    tmp_path: Path, folder: str
) -> None:
    python = virtual(tmp_path / folder, **HAS, **worker())
    (group,), warned = found(tmp_path, dependencies=NEEDS)
    assert group == Group(python, ("a", "b", "c"), 1, *warned)
    assert warned == [
        f"Agents run with {python}, since it has another-one and no-such-package, which the environment of this server"
        f" lacks ({HERE}); INTERRUPT_MCP_PYTHON chooses another"
    ]
    assert found(tmp_path, "workers = 2", dependencies=NEEDS)[0][0].count == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "x"\ndependencies = ["no-such-package[extra]>2; python_version > \'3\'"]\n',
        ),
        (
            "requirements.txt",
            "# all\n-r other.txt\n--index-url x\n\nno.such.package >= 2 \\\n --hash=sha256:00  # why\n",
        ),
    ],
)
def test_what_folders_of_the_project_require_counts_as_well(tmp_path: Path, name: str, text: str) -> None:
    virtual(tmp_path / ".venv", no_such_package="2.1", **server())
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / name).write_text(text)
    (warned,) = found(tmp_path, dependencies=["./part"])[1]
    assert "since it has no-such-package, which" in warned


@pytest.mark.parametrize(
    ("dependencies", "packages"),
    [
        (["anyio>=4"], {"anyio": "4.9"}),
        (["no-such-package>=3"], {"no_such_package": "2.1"}),
        (["no-such-package", "anyio"], {"no_such_package": "2.1"}),
        (["no-such-package; python_version < '3'"], {"no_such_package": "2.1"}),
        (["no-such-package; nonsense == 'x'", "./no-folder", "git+https://x.example", 3, ">1"], {}),
        ([], {"no_such_package": "2.1"}),
    ],
    ids=["nothing is lacking", "too old there", "it lacks another", "not for this Python", "not to be read", "unsaid"],
)
def test_it_is_left_alone_where_it_is_no_better(
    tmp_path: Path, dependencies: list[Any], packages: dict[str, str]
) -> None:
    virtual(tmp_path / ".venv", **packages, **worker())
    texts = [each for each in dependencies if isinstance(each, str)]
    assert found(tmp_path, dependencies=texts) == ([], [])


def test_a_version_that_is_excluded_here_is_lacking_here(tmp_path: Path) -> None:
    python = virtual(tmp_path / ".venv", anyio="99.1", **worker())
    (group,), _ = found(tmp_path, dependencies=["anyio>=99"])
    assert group.python == python


@pytest.mark.parametrize(
    ("installed", "said"),
    [({}, "lacks interrupt-mcp-worker, which this installs: "), ({"interrupt_mcp_worker": "0.0.1"}, "0.0.1, and this")],
)
def test_without_the_worker_of_this_version_it_is_not_taken_and_the_command_to_install_it_is_told(
    tmp_path: Path, installed: dict[str, str], said: str
) -> None:
    python = virtual(tmp_path / ".venv", **HAS, **installed)
    none, (warned,) = found(tmp_path, dependencies=NEEDS)
    assert none == []
    assert warned.startswith(f"{tmp_path / '.venv'} has another-one and no-such-package, which the environment of thi")
    assert said in warned
    assert f"{python} -m pip install " in warned


@pytest.mark.posix
@pytest.mark.parametrize("place", [".venv", ".venv/bin", ".venv/lib/python3.12/site-packages"])
def test_one_that_another_user_could_change_is_not_taken(tmp_path: Path, place: str) -> None:
    virtual(tmp_path / ".venv", **HAS, **worker())
    (tmp_path / place).chmod(0o777)
    none, (warned,) = found(tmp_path, dependencies=NEEDS)
    assert none == []
    assert f"agents do not run there: another user could change {tmp_path / place}" in warned


def test_a_setting_that_names_this_environment_leaves_the_projects_own_alone(tmp_path: Path) -> None:
    virtual(tmp_path / ".venv", **HAS, **worker())
    assert found(tmp_path, f"python = '{HERE}'", dependencies=NEEDS) == ([], [])


def test_the_environment_that_runs_this_is_not_looked_for_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual(tmp_path / ".venv", **HAS, **worker())
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert found(tmp_path, dependencies=NEEDS) == ([], [])


def test_what_this_environment_lacks_is_said_where_agents_run_in_it_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    virtual(tmp_path / ".venv", no_such_package="2.1", **worker())
    found(tmp_path, dependencies=["no-such-package"], auth={"path": "./auth.py:auth"})
    settings = read_settings({}, cwd=tmp_path)

    def warned(**how: bool) -> str:
        caplog.clear()
        check_manifest(settings, **how)
        return caplog.text

    assert "`auth` in langgraph.json" in (of_the_front := warned())
    assert "no-such-package" not in of_the_front
    assert "lacks no-such-package" in (of_a_worker := warned(for_front=True))
    assert "auth" not in of_a_worker
    (tmp_path / ".venv" / "pyvenv.cfg").unlink()
    assert "lacks no-such-package" in warned()
