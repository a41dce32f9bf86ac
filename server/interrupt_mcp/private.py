"""The system's user, and files and folders that are theirs alone: nobody else opens them, or has a hand in them.

It does not know what is in them. Rights are given as a file is made, whatever the umask, and no
setting of the whole process is touched.
Windows has no such rights: there a user's files are private by the folder that they are in.
"""

import os
import stat
import sys
from contextlib import suppress
from functools import cache
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
        # Some file systems say so although the folder above is there.
        if folder.parent.is_dir():
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
    """Open the file for `open`, privately where it is made."""
    return os.open(path, flags, _FILE)


def make_private(path: Path, *, folder: bool = False) -> None:
    """Make a file or folder that exists private: take away the rights that others have. Without one, do nothing.

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
    """Whether the file exists and is this user's or root's.

    To root it also belongs where it is the user's who owns the folder that it is in.
    """
    if sys.platform == "win32":
        return path.exists()
    try:
        return _owners(path) <= _trusted(path)
    except OSError:
        return False


def changeable(path: Path) -> Path | None:
    """Return which of the two another user could change: the file or the folder it is in. `None` where it is neither.

    Of a file that does not exist it is neither.
    """
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
    """Whether another user put the file there than the one who owns what it lies beside."""
    return path.exists() and not belongs(path) and not (beside.exists() and _owners(path) <= _owners(beside))


def _owners(path: Path) -> set[int]:
    """Return who owns the file, and who owns what it leads to where it is a link."""
    owners = {path.lstat().st_uid}
    with suppress(FileNotFoundError):
        owners.add(path.stat().st_uid)
    return owners


def _trusted(path: Path) -> set[int]:
    """Return whose files are taken in that place: this user's, root's, and to root those of the folder's owner."""
    if sys.platform == "win32":
        return set()
    me = os.geteuid()
    return {me, _ROOT, path.parent.stat().st_uid} if me == _ROOT else {me, _ROOT}


def user() -> str:
    """Return the name that the system has for the user, whatever the variables say; a number where it has none."""
    if sys.platform == "win32":
        # It asks the system; `getpass` would ask the variables first.
        return os.getlogin()
    return _name_of(os.getuid())


@cache
def _name_of(uid: int) -> str:
    if sys.platform != "win32":
        import pwd

        with suppress(KeyError):
            return pwd.getpwuid(uid).pw_name
    return f"uid {uid}"
