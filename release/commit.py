"""The commit that is released: its files, and nothing else that lies in the checkout. It knows none of them."""

import tarfile
from dataclasses import dataclass
from pathlib import Path

from release.refused import Refused
from release.running import output


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a checkout whose files are those of the commit."""

    root: Path
    """The checkout."""
    name: str
    """Its hash."""
    seconds: int
    """When it was made, since 1970: the time of all that is built of it."""
    files: frozenset[str]
    """Paths from the root, with `/`."""

    @property
    def short(self) -> str:
        return self.name[:12]

    def export(self, folder: Path) -> None:
        """Write the commit's files into a folder that is made; what else is in the checkout does not come along."""
        folder.mkdir(parents=True)
        archive = folder.with_suffix(".tar")
        output(["git", "-C", self.root, "archive", "--output", archive.resolve(), self.name])
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        archive.unlink()


def commit_of(root: Path) -> Commit:
    """Return the commit that is checked out.

    Raises:
        Refused: it is no checkout of git's, or a file differs from the commit, or one is neither in it nor ignored.
    """
    git = ["git", "-C", str(root), "-c", "core.quotePath=false"]
    changed = output([*git, "status", "--porcelain", "--untracked-files=all"]).splitlines()
    if changed:
        named = "\n".join(changed[:10]) + (f"\nand {len(changed) - 10} more" if len(changed) > 10 else "")
        raise Refused(f"These files are not as the commit has them. Commit, ignore or remove them:\n{named}")
    name, seconds = output([*git, "log", "-1", "--format=%H %ct"]).split()
    files = output([*git, "ls-tree", "-r", "-z", "--name-only", name]).split("\0")
    return Commit(root, name, int(seconds), frozenset(filter(None, files)))
