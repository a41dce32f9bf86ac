"""Who drives: this process, for as long as it holds its lock file. No clock is involved, so sleep costs nothing.

A lock file is removed only by whoever holds it, and whoever takes one looks whether it is still there: so it does no
harm that everybody clears up what dead ones left.
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
"""Seconds to wait for those who just look whether this file is held."""


def beside(database: Path) -> Path:
    """The directory of those who share a database, whatever each of them calls it by."""
    return Path(f"{os.path.realpath(database)}-owners")


class Owner:
    """This process as the owner of runs, and what it can tell of the others in the same directory."""

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
        path = self._path(self.name)
        while not (self._lock is not None and path.exists()):
            private.make_folder(self._directory)
            private.claim(self._directory, folder=True)
            self._forget()
            self._lock = _lock(path, _PATIENCE)

    def release(self) -> None:
        """Be dead to all others."""
        if self._lock is not None:
            path = self._path(self.name)
            _remove(path)
            self._forget()
            _remove(path)

    def alive(self, name: str) -> bool:
        """Whether that owner's process lives, as far as can be told. What a dead one left is removed."""
        if name == self.name:
            return True
        path = self._path(name)
        # Who can make a file there, or could open one, could have anybody be taken for alive.
        if not name or not (private.belongs(self._directory) and private.belongs(path)):
            return False
        try:
            with _held(path):
                _remove(path)
        except OSError:
            return True
        # Where an open file cannot be removed, as on Windows, it can be now.
        _remove(path)
        return False

    def clear(self) -> None:
        """Remove all that dead owners left in the directory, and have the rest be private."""
        for path in self._directory.iterdir():
            if private.belongs(path):
                private.claim(path)
        for name in {path.name.partition(".")[0] for path in self._directory.iterdir()}:
            if not self.alive(name):
                for path in self._directory.glob(f"{name}.*"):
                    _remove(path)

    def _forget(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _path(self, name: str) -> Path:
        return self._directory / f"{os.path.basename(name)}{_SUFFIX}"


def _lock(path: Path, seconds: float) -> "BaseFileLock":
    """
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
    """Hold the lock that nobody else holds."""
    lock = _lock(path, 0)
    try:
        yield
    finally:
        lock.release()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
