"""The place of a database: whether it may be there, and who else can get at it.

SQLite's locks do not hold on network file systems.
"""

import os
import sys
from pathlib import Path

from interrupt_mcp import private

_NETWORK = frozenset(
    (
        *(
            "9p",
            "afpfs",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "davfs",
            "glusterfs",
            "lustre",
            "ncpfs",
            "nfs",
            "nfs4",
            "ocfs2",
        ),
        *("smb", "smb2", "smb3", "smbfs", "webdav", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    )
)
_DRIVE_REMOTE = 4
_BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite calls its files, after the database."""


def make_private(path: Path) -> None:
    """Make a file for the database, where there is none; let this user alone open it, and SQLite's files beside it.

    Folders that are made for it are private as well, and so are those of this program in the user's data directory. Any
    other that exists stays as it is.

    Raises:
        OSError: there can be no file.
        Unavailable: another user owns one of them.
    """
    from platformdirs import user_data_path

    private.make_folder(path.parent)
    own = user_data_path("interrupt-mcp", appauthor=False)
    for folder in path.parents:
        if folder.is_relative_to(own):
            private.make_private(folder, folder=True)
    if path.is_symlink():
        private.make_private(path)
    real = Path(os.path.realpath(path))
    private.make_file(real)
    keep_private(real)


def keep_private(real: Path) -> None:
    """Let this user alone open what SQLite made of the database so far.

    Raises:
        Unavailable: another user made some of it first.
    """
    for suffix in _BESIDE:
        private.make_private(Path(f"{real}{suffix}"))


def network_file_system(path: Path) -> str | None:
    """Return the name of the network file system that the path is on; `None` for none, or where that cannot be told."""
    existing = path if path.exists() else next(parent for parent in path.absolute().parents if parent.exists())
    if sys.platform == "win32":
        return _windows(existing)
    return network_kind(Path("/proc/self/mountinfo"), os.path.realpath(existing))


def network_kind(mounts: Path, real: str) -> str | None:
    """Return the same for a path without links, from the kernel's list of what is mounted where."""
    kind = _linux(mounts, real)
    return kind if kind in _NETWORK else None


def _linux(mounts: Path, real: str) -> str:
    """Return the type of the file system that the path is on; empty where the kernel does not tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    found = ("", "")
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split()[4].encode().decode("unicode_escape")
        if os.path.commonpath([point, real]) == point and len(point) >= len(found[0]):
            found = (point, after.split()[0])
    return found[1]


def _windows(path: Path) -> str | None:
    if sys.platform != "win32":
        return None
    import ctypes

    root = path.absolute().anchor
    remote = root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE
    return "network drive" if remote else None
