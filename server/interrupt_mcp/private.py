"""Private files and folders: nobody else can open them, whatever the umask, and nobody else has a hand in them.

It does not know what is in them. Rights are given as a file is made, and no setting of the whole process is touched.
Windows has no such rights: there a user's files are private by the folder that they are in.
"""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from interrupt_mcp.errors import Unavailable

_FOLDER = 0o700
_FILE = 0o600
_ROOT = 0


def make_folder(folder: Path) -> None:
    """Make the folder, and all that is missing above it; one that exists stays as it is.

    Raises:
        OSError: there can be none.
    """
    try:
        folder.mkdir(_FOLDER)
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_folder(folder.parent)
        make_folder(folder)
    except OSError:
        if not folder.is_dir():
            raise


def make_file(path: Path) -> None:
    """Make an empty file where there is none. One that exists is not even opened: closing it would end SQLite's locks.

    Raises:
        OSError: there can be none.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE))


def opener(path: str, flags: int) -> int:
    """For `open`: what it makes is private."""
    return os.open(path, flags, _FILE)


def claim(path: Path, *, folder: bool = False) -> None:
    """Have the file or folder that is there be private, if one is: rights that others have are taken away.

    Raises:
        Unavailable: it is another user's, who could read and change all that is kept in it.
    """
    if sys.platform == "win32":
        return
    with suppress(FileNotFoundError):
        if not _owners(path) <= _trusted(path):
            raise Unavailable(
                f"{path} belongs to another user, who could read and change what is kept in it;"
                " remove it, or choose a database in a folder of your own"
            )
        mode = path.stat().st_mode
        most = _FOLDER if folder else _FILE
        expected = stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode)
        if expected and stat.S_IMODE(mode) & ~most:
            # Some file systems know no rights.
            with suppress(PermissionError):
                path.chmod(stat.S_IMODE(mode) & most)


def belongs(path: Path) -> bool:
    """Whether it is there and this user's or root's; to root also where it is the user's whose folder it is in."""
    if sys.platform == "win32":
        return path.exists()
    try:
        return _owners(path) <= _trusted(path)
    except OSError:
        return False


def changeable(path: Path) -> Path | None:
    """What another user could change, of a file that is there and its folder; `None` where neither."""
    if sys.platform == "win32" or not path.exists():
        return None
    for each in (path, path.parent):
        mode = each.stat().st_mode
        # In a folder like /tmp, each user's files are safe from the others.
        sticky = stat.S_ISDIR(mode) and mode & stat.S_ISVTX
        if not belongs(each) or (mode & stat.S_IWOTH and not sticky):
            return each
    return None


def planted(path: Path, beside: Path) -> bool:
    """Whether it was put there by another user than what it lies beside."""
    return path.exists() and not belongs(path) and not (beside.exists() and _owners(path) <= _owners(beside))


def _owners(path: Path) -> set[int]:
    """Who owns it, and what it leads to where it is a link."""
    owners = {path.lstat().st_uid}
    with suppress(FileNotFoundError):
        owners.add(path.stat().st_uid)
    return owners


def _trusted(path: Path) -> set[int]:
    me = os.geteuid()
    return {me, _ROOT, path.parent.stat().st_uid} if me == _ROOT else {me, _ROOT}
