"""Who drives: this process, for as long as it holds its lock file. No clock is involved, so sleep costs nothing."""

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Owner:
    """This process as the owner of runs, and what it can tell of the others."""

    def __init__(self, directory: Path) -> None:
        self.name = uuid.uuid4().hex
        self._directory = directory
        self._lock: BaseFileLock | None = None

    def hold(self) -> None:
        """Be alive to all others, until `release` or until the process ends in whatever way."""
        from filelock import FileLock

        self._directory.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self._path(self.name), blocking=False, thread_local=False)
        self._lock.acquire()

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._path(self.name).unlink(missing_ok=True)
            self._lock = None

    def alive(self, name: str) -> bool:
        """Whether that owner's process lives."""
        if name == self.name:
            return True
        path = self._path(name)
        if not path.exists():
            return False
        from filelock import FileLock, Timeout

        try:
            with FileLock(path, blocking=False, thread_local=False):
                pass
        except Timeout:
            return True
        path.unlink(missing_ok=True)
        return False

    def _path(self, name: str) -> Path:
        return self._directory / f"{os.path.basename(name)}.lock"
