"""A langgraph.json in the working directory says what code runs: it is told, and not taken from another user."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Offer
from tests.patience import PATIENCE
from tests.people.policies import say
from tests.private import stranger
from tests.processes import command, over_stdio, ran, surroundings

pytestmark = pytest.mark.posix

FOUND = "interrupt-mcp: agents and policy are those of {}, which was found in the working directory"


@pytest.fixture
def folder(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory, with a project of this user's."""
    folder = say(offer(asks="waiting:asks"), 'approver = "human"\n').parent
    monkeypatch.chdir(folder)
    yield folder
    folder.chmod(0o700)


def agents_of(folder: Path, *named: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return ran([command(), "agents", *named], PATIENCE, surroundings(folder, **environ))


@pytest.mark.anyio
async def test_a_server_says_which_file_it_found_and_nothing_where_one_was_named(folder: Path) -> None:
    async with over_stdio(folder) as door:
        assert (await door.call("list_agents"))["agents"]
    assert (folder / "stderr.txt").read_text().count(FOUND.format(folder / "langgraph.json")) == 1
    (folder / "stderr.txt").unlink()
    async with over_stdio(folder, environ={"INTERRUPT_MCP_CONFIG": "langgraph.json"}) as door:
        assert (await door.call("list_agents"))["agents"]
    assert (folder / "stderr.txt").read_text() == ""


@pytest.mark.parametrize("changeable", ["langgraph.json", "interrupt-mcp.toml", "."])
def test_one_that_others_may_write_is_not_taken_unless_it_is_named(folder: Path, changeable: str) -> None:
    path = folder / changeable
    path.chmod(path.stat().st_mode | 0o002)
    refused = agents_of(folder)
    assert refused.returncode == 2
    assert f"another user could change {path}, and so have anything run as you" in refused.stderr
    assert "asks" not in refused.stdout
    for named in (("--config", "langgraph.json"), ()):
        environ = {} if named else {"INTERRUPT_MCP_CONFIG": str(folder / "langgraph.json")}
        taken = agents_of(folder, *named, **environ)
        assert taken.returncode == 0, taken.stderr
        assert "asks" in taken.stdout


def test_one_that_the_users_group_may_write_is_taken(folder: Path) -> None:
    for path in (folder, folder / "langgraph.json", folder / "interrupt-mcp.toml"):
        path.chmod(path.stat().st_mode | 0o020)
    assert agents_of(folder).returncode == 0


def test_in_a_folder_like_tmp_ones_own_is_taken(folder: Path) -> None:
    folder.chmod(0o1777)
    assert agents_of(folder).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
@pytest.mark.parametrize("planted", ["langgraph.json", "interrupt-mcp.toml"])
def test_one_that_another_user_put_there_is_not_taken(folder: Path, planted: str) -> None:
    folder.chmod(0o1777)
    os.chown(folder / planted, stranger.NOBODY, stranger.NOBODY)
    refused = agents_of(folder)
    assert refused.returncode == 2
    assert f"another user could change {folder / planted}" in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
def test_policy_that_another_user_put_beside_a_named_file_is_not_taken(folder: Path) -> None:
    folder.chmod(0o1777)
    os.chown(folder / "interrupt-mcp.toml", stranger.NOBODY, stranger.NOBODY)
    refused = agents_of(folder, "--config", "langgraph.json")
    assert refused.returncode == 2
    assert f"another user could change {folder / 'interrupt-mcp.toml'}" in refused.stderr
    # As where a folder of another machine is mounted, with its owner's number.
    shutil.chown(folder / "langgraph.json", stranger.NOBODY, stranger.NOBODY)
    assert agents_of(folder, "--config", "langgraph.json").returncode == 0
