"""An owner of runs: a process, alive for as long as it holds its lock file.

No clock is involved, so a machine that slept loses nothing. A lock file is removed only by whoever holds it, and
whoever takes one looks whether it is still there: so it does no harm that every process clears up what dead ones left.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp import private

if TYPE_CHECKING:
    from filelock import BaseFileLock

_SUFFIX = ".lock"
_MODE = 0o600
"""Whoever can open a lock file can hold its lock."""
_PATIENCE = 5.0
"""Seconds to wait for those who hold this process's lock for a moment, to see whether it is held."""


def beside(database: Path) -> Path:
    """Return the directory of the processes that share a database, the same by whatever name they open it."""
    return Path(f"{os.path.realpath(database)}-owners")


class Owner:
    """This process as an owner, and what it can tell of the others in the same directory."""

    def __init__(self, directory: Path) -> None:
        self.name = uuid.uuid4().hex
        self._directory = directory
        self._lock: BaseFileLock | None = None

    def hold(self) -> None:
        """Be alive to all others, until `release` or until the process ends in whatever way.

        Calling it again does something only where somebody removed the file meanwhile.

        Raises:
            OSError: there can be no lock file in the directory.
            Unavailable: the directory is another user's.
        """
        path = _path(self._directory, self.name)
        while not (self._lock is not None and path.exists()):
            private.make_folder(self._directory)
            private.make_private(self._directory, folder=True)
            self._forget()
            self._lock = _lock(path, _PATIENCE)

    def release(self) -> None:
        """Be dead to all others."""
        if self._lock is not None:
            path = _path(self._directory, self.name)
            _remove(path)
            self._forget()
            _remove(path)

    def alive(self, name: str) -> bool:
        """Whether the process of that name lives, as far as can be told. What a dead one left is removed."""
        return name == self.name or alive(self._directory, name)

    def clear(self) -> None:
        """Remove all that dead owners left in the directory, and make the rest private to this user."""
        for path in self._directory.iterdir():
            if private.belongs(path):
                private.make_private(path)
        for name in {path.name.partition(".")[0] for path in self._directory.iterdir()}:
            if not self.alive(name):
                for path in self._directory.glob(f"{name}.*"):
                    _remove(path)

    def _forget(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def alive(directory: Path, name: str) -> bool:
    """Whether the process of that name, another than this one, lives, as far as can be told.

    The lock file of a dead one is removed.
    """
    path = _path(directory, name)
    # Who can make a file there, or could open one, could have anybody be taken for alive.
    if not name or not (private.belongs(directory) and private.belongs(path)):
        return False
    try:
        with _held(path):
            _remove(path)
    except OSError:
        return True
    # Where an open file cannot be removed, as on Windows, it can be now.
    _remove(path)
    return False


def names_in(directory: Path) -> list[str]:
    """Return the names of which there are lock files in the directory, of living processes and of dead ones."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in directory.glob(f"*{_SUFFIX}"))


def lock_of(directory: Path, name: str) -> "BaseFileLock":
    """Take the lock of that name, to be alive under it as well until it is released.

    Raises:
        TimeoutError: another process holds it.
        OSError: there can be no lock file in the directory.
        Unavailable: the directory is another user's.
    """
    private.make_folder(directory)
    private.make_private(directory, folder=True)
    return _lock(_path(directory, name), 0)


def _path(directory: Path, name: str) -> Path:
    return directory / f"{os.path.basename(name)}{_SUFFIX}"


def _lock(path: Path, seconds: float) -> "BaseFileLock":
    """Take the lock of a file.

    Raises:
        Timeout: somebody else holds it for longer than that.
        OSError: the file system knows no locks, or the file cannot be written.
    """
    from filelock import FileLock, SoftFileLock

    lock = FileLock(path, timeout=seconds, mode=_MODE, poll_interval=0.01, thread_local=False)
    try:
        lock.acquire()
    except NotImplementedError as error:
        raise OSError(str(error)) from error
    if isinstance(lock, SoftFileLock):
        # It would outlive its process.
        lock.release()
        raise OSError("its file system has no locks that end with their process")
    return lock


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a lock that nobody else holds, within this context.

    Raises:
        OSError: somebody holds it, or it cannot be taken.
    """
    lock = _lock(path, 0)
    try:
        yield
    finally:
        lock.release()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
