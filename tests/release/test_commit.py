"""What is released is what the commit has, whatever else lies in the checkout."""

from pathlib import Path

import pytest

from release.commit import commit_of
from release.refused import Refused
from tests.patience import PATIENCE
from tests.processes import ran


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    (root / "server" / "interrupt_mcp").mkdir(parents=True)
    (root / "server" / "interrupt_mcp" / "one.py").write_text("ONE = 1\n")
    (root / ".gitignore").write_text("*.db\n")
    git = ["git", "-C", str(root), "-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        done = ran([*git, *words], PATIENCE)
        assert done.returncode == 0, done.stderr
    return root


def test_what_git_ignores_is_not_released(checkout: Path, tmp_path: Path) -> None:
    (checkout / "server" / "interrupt_mcp" / "state.db").write_bytes(b"secret")
    commit = commit_of(checkout)
    commit.export(tmp_path / "source")
    found = {path.relative_to(tmp_path / "source").as_posix() for path in (tmp_path / "source").rglob("*.*")}
    assert commit.files == {".gitignore", "server/interrupt_mcp/one.py"} == found


@pytest.mark.parametrize("name", ["two.py", "one.py", "bücher.py"])
def test_a_file_that_is_not_as_the_commit_has_it_is_named_and_nothing_is_released(checkout: Path, name: str) -> None:
    (checkout / "server" / "interrupt_mcp" / name).write_text("TWO = 2\n")
    with pytest.raises(Refused, match=f"Commit, ignore or remove them:\n.* server/interrupt_mcp/{name}"):
        commit_of(checkout)


def test_what_is_no_checkout_is_not_released(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a git repository"):
        commit_of(tmp_path)
