"""The place of a database: whether it may be there, and who else can get at it.

SQLite's locks do not hold on network file systems.
"""

import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PureWindowsPath

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
_MOUNT_SECONDS = 2.0
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
    # On Windows a drive may be missing, and with it all above a file.
    existing = next((each for each in (path, *path.absolute().parents) if each.exists()), path)
    if sys.platform == "win32":
        return _windows(existing)
    real = os.path.realpath(existing)
    if sys.platform == "darwin":
        return kind_among(macos_mounts(_mounted()), real)
    return network_kind(Path("/proc/self/mountinfo"), real)


def network_kind(mounts: Path, real: str) -> str | None:
    """Return the same for a path without links, from Linux's list of what is mounted where."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return None
    return kind_among((_linux_mount(line) for line in lines), real)


def kind_among(mounts: Iterable[tuple[str, str]], real: str) -> str | None:
    """Return the same, of pairs of where a file system is mounted and its type."""
    found = ("", "")
    for point, kind in mounts:
        if posixpath.commonpath([point, real]) == point and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1] if found[1] in _NETWORK else None


def macos_mounts(told: str) -> list[tuple[str, str]]:
    """Return where each file system is mounted and its type, from what macOS's `mount` tells."""
    lines = (re.fullmatch(r".+? on (/.*) \(([^,()]+)[^()]*\)", line) for line in told.splitlines())
    return [(found[1], found[2]) for found in lines if found]


def network_share(path: str) -> bool:
    """Whether a path of Windows names a share, and not a drive, which may be another machine's all the same."""
    anchor = PureWindowsPath(path).anchor
    plain = re.sub(r"^\\\\[?.]\\(?!UNC\\)", "", anchor, flags=re.IGNORECASE)
    return plain.startswith("\\\\")


def _linux_mount(line: str) -> tuple[str, str]:
    before, _, after = line.partition(" - ")
    return before.split()[4].encode().decode("unicode_escape"), after.split()[0]


def _mounted() -> str:
    """Return what `mount` tells; empty where it tells nothing."""
    try:
        told = subprocess.run(
            ["/sbin/mount"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_MOUNT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout


def _windows(path: Path) -> str | None:
    if sys.platform != "win32":
        return None
    import ctypes

    root = path.absolute().anchor
    remote = network_share(root) or ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE
    return "network drive" if remote else None
