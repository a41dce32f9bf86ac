"""A file of another program's that is changed whole or not at all, with what it was beside it.

It does not know what is in it. Where the name is a link, what it leads to is changed, and the link stays.
"""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp import private
from interrupt_mcp.errors import NotWritten

_BACKUP = ".before-interrupt-mcp"
_MOST_BACKUPS = 1000
_LOOKED_AT = 20
_ANY_WRITES = 0o222


class Changed(Exception):
    """Another program changed the file since it was read."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file, by its real name."""

    path: Path
    shown: Path
    """The name by which its program knows it."""

    @classmethod
    def named(cls, name: Path) -> "KeptFile":
        """Return the file of that name."""
        return cls(Path(os.path.realpath(name)), name)

    def read(self, most: int) -> bytes | None:
        """Return what is in it; `None` where there is none.

        Raises:
            NotWritten: it is no file, or larger than `most` bytes, or cannot be read.
        """
        try:
            about = os.stat(self.path)
            if not stat.S_ISREG(about.st_mode):
                raise NotWritten(f"{self.shown} is {'a folder' if stat.S_ISDIR(about.st_mode) else 'no plain file'}")
            with open(self.path, "rb") as file:
                content = file.read(most + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused("read", error) from error
        if len(content) > most:
            raise NotWritten(f"{self.shown} has more than {most:,} bytes")
        return content

    def refuse_read_only(self) -> None:
        """Refuse a file that somebody made read-only. Putting another in its place would go round that.

        Raises:
            NotWritten: it is.
        """
        try:
            mode = stat.S_IMODE(os.stat(self.path).st_mode)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._refused("read", error) from error
        if not mode & _ANY_WRITES or not os.access(self.path, os.W_OK):
            raise NotWritten(f"{self.shown} is read-only")

    def backups(self, most: int) -> Iterator[bytes]:
        """Give what was kept of it before, the newest first, as far as it has at most so many bytes."""
        names = [name for at in range(_MOST_BACKUPS) if os.path.lexists(name := self._backup(at))]
        for name in reversed(names[-_LOOKED_AT:]):
            with suppress(OSError):
                about = os.lstat(name)
                if stat.S_ISREG(about.st_mode) and about.st_size <= most:
                    yield name.read_bytes()

    def replace(self, before: bytes | None, after: bytes | None) -> Path | None:
        """Put `after` in its place, or remove it, and return where `before` is kept; `None` where there was nothing.

        Raises:
            Changed: it is no longer as it was `before`; nothing was done.
            NotWritten: it cannot be; nothing was done.
        """
        self.refuse_read_only()
        try:
            return self._replace(before, after)
        except OSError as error:
            raise self._refused("changed", error) from error

    def _replace(self, before: bytes | None, after: bytes | None) -> Path | None:
        private.make_folder(self.path.parent)
        new = None if after is None else self._written(after)
        kept: Path | None = None
        made = False
        try:
            if before is not None:
                kept, made = self._keep(before)
            if self._now() != before:
                raise Changed
            if new is None:
                os.unlink(self.path)
            else:
                os.replace(new, self.path)
        except BaseException:
            for leftover in (new, kept if made else None):
                if leftover is not None:
                    with suppress(OSError):
                        os.unlink(leftover)
            raise
        self._settle()
        return kept

    def _now(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def _written(self, content: bytes) -> Path:
        """Return a new file beside it with that content, on disk, with the rights that it has."""
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        self._fill(handle, Path(name), content)
        return Path(name)

    def _keep(self, content: bytes) -> tuple[Path, bool]:
        """Return where the content is kept, and whether it was not before. What is kept is never written over."""
        for at in range(_MOST_BACKUPS):
            name = self._backup(at)
            try:
                handle = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
            except FileExistsError:
                if stat.S_ISREG(os.lstat(name).st_mode) and name.read_bytes() == content:
                    return name, False
                continue
            self._fill(handle, name, content)
            return name, True
        raise NotWritten(f"There are {_MOST_BACKUPS} backups of {self.shown} beside it; remove some")

    def _fill(self, handle: int, name: Path, content: bytes) -> None:
        try:
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                if self.path.exists():
                    self._like_the_file(name)
                os.fsync(handle)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    def _like_the_file(self, name: Path) -> None:
        """Give a new file the rights, the owner and what else the file has but its times."""
        about = os.stat(self.path)
        if sys.platform != "win32" and (about.st_uid, about.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(PermissionError):
                os.chown(name, about.st_uid, about.st_gid)
        shutil.copystat(self.path, name)
        os.utime(name)

    def _backup(self, at: int) -> Path:
        return self.path.with_name(f"{self.path.name}{_BACKUP}{f'-{at + 1}' if at else ''}")

    def _settle(self) -> None:
        """Have the folder's new entry on disk, where folders can be asked that."""
        with suppress(OSError):
            handle = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _refused(self, done: str, error: OSError) -> NotWritten:
        return NotWritten(f"{self.shown} cannot be {done}: {error.strerror or error}")
