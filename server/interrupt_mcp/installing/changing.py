"""One client's file, changed: an entry put in, brought up to date, or taken out, and all else as it was.

Each change is compared with what was to come of it before anything is written.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as File
from typing import Any, TypeAlias

from interrupt_mcp import private
from interrupt_mcp.errors import NameTaken, NotWritten
from interrupt_mcp.installing.encoded import Encoded
from interrupt_mcp.installing.entries import Entry
from interrupt_mcp.installing.kept_file import Changed, KeptFile
from interrupt_mcp.installing.tree import Format, Malformed, Path, at, same, without

Step: TypeAlias = tuple[Path, Any]
"""A path within an entry, and the value that is to be there."""
_ATTEMPTS = 5
_LOCK_SECONDS = 10.0


class Outcome(StrEnum):
    """What comes of a change."""

    ADDED = "added"
    UPDATED = "updated"
    REMOVED = "removed"
    SAME = "same"
    """Nothing had to change."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change, or would."""

    outcome: Outcome
    backup: File | None = None
    """Where what was there is kept."""
    gone: bool = False
    """Whether nothing was left that was not of this program, so that there is no file now."""


@dataclass(frozen=True, slots=True)
class _Change:
    outcome: Outcome
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """The file of a client, and where in it servers stand."""

    file: KeptFile
    format: Format
    servers: str

    def look(self, entry: Entry) -> Outcome:
        """Return what putting the entry in would do.

        Raises:
            NotWritten, NameTaken: as for `put`.
        """
        self.file.refuse_read_only()
        return self._putting(self.file.read(self.format.most), entry).outcome

    def put(self, entry: Entry) -> Done:
        """Have the entry in the file.

        Raises:
            NotWritten: the file is not one that can be changed; it is as it was.
            NameTaken: another server has the name.
        """
        return self._change(lambda before: self._putting(before, entry))

    def remove(self, entry: Entry) -> Done:
        """Have no entry of that name in the file.

        Where nothing else changed since it was put in, the file is byte for byte what it was before.

        Raises:
            NotWritten, NameTaken: as for `put`.
        """
        return self._change(lambda before: self._removing(before, entry))

    def snippet(self, entry: Entry) -> str:
        """Return what a file holds that has nothing but the entry."""
        return self.format.put("", (self.servers, entry.name), entry.whole())

    def _change(self, change: Callable[[bytes | None], _Change]) -> Done:
        with _turn():
            for _ in range(_ATTEMPTS):
                before = self.file.read(self.format.most)
                wanted = change(before)
                if wanted.after == before:
                    return Done(Outcome.SAME)
                try:
                    return Done(wanted.outcome, self.file.replace(before, wanted.after), wanted.after is None)
                except Changed:
                    continue
        raise NotWritten(f"{self.file.shown} is being changed by another program")

    def _putting(self, before: bytes | None, entry: Entry) -> _Change:
        encoded, value, present = self._opened(before, entry)
        path = (self.servers, entry.name)
        steps: list[Step] = [((), entry.whole())] if present is None else list(entry.changes(present))
        if not steps:
            return _Change(Outcome.SAME, before)
        text = encoded.text
        for key, part in steps:
            text = self._edited(self.format.put, text, (*path, *key), part)
        wanted = entry.whole() if present is None else _merged(present, steps)
        self._check(text, value, path, wanted)
        return _Change(Outcome.ADDED if present is None else Outcome.UPDATED, encoded.bytes(text))

    def _removing(self, before: bytes | None, entry: Entry) -> _Change:
        encoded, value, present = self._opened(before, entry)
        if before is None or present is None:
            return _Change(Outcome.SAME, before)
        path = (self.servers, entry.name)
        # What it was is known for certain where putting in the entry makes of it what it is.
        for kept in self.file.backups(len(before)):
            if self._with(kept, path, present) == before:
                return _Change(Outcome.REMOVED, kept)
        if self._with(b"", path, present) == before:
            return _Change(Outcome.REMOVED, None)
        text = self._edited(self.format.drop, encoded.text, path)
        self._check(text, value, path, None)
        return _Change(Outcome.REMOVED, encoded.bytes(text))

    def _check(self, text: str, before: Any, path: Path, wanted: Any) -> None:
        """Refuse an edit that did not do what it was to do, or did more.

        Raises:
            NotWritten
        """
        try:
            after = self.format.read(text)
        except Malformed:
            after = None
        if not same(at(after, path), wanted) or not same(without(after, path), without(before, path)):
            raise NotWritten(f"{self.file.shown} is written in a way that cannot be changed without changing more")

    def _with(self, content: bytes, path: Path, present: Any) -> bytes | None:
        """Return the content with the entry put in; `None` where it cannot be, or stands there already."""
        try:
            encoded = Encoded.of(content)
            if at(self.format.read(encoded.text), path) is not None:
                return None
            return encoded.bytes(self.format.put(encoded.text, path, present))
        except (Malformed, LookupError, TypeError, ValueError):
            return None

    def _opened(self, content: bytes | None, entry: Entry) -> tuple[Encoded, Any, dict[str, Any] | None]:
        """Return the text, its value, and the entry of that name."""
        try:
            encoded = Encoded.of(content or b"")
        except Malformed as error:
            raise NotWritten(f"{self.file.shown} {error}") from error
        value = self._read(encoded.text)
        self._refuse_shapes(value)
        present = at(value, (self.servers, entry.name))
        has = isinstance(value, dict) and entry.name in (value.get(self.servers) or {})
        if has and not (isinstance(present, dict) and entry.is_ours(present)):
            raise NameTaken(f"{self.file.shown} has an entry {entry.name!r} that does not start this server")
        return encoded, value, present

    def _refuse_shapes(self, value: Any) -> None:
        if value is not None and not isinstance(value, dict):
            raise NotWritten(f"{self.file.shown} holds {_kind(value)}, not settings by name")
        servers = (value or {}).get(self.servers, {})
        if not isinstance(servers, dict) and not (servers is None and self.format.none_is_empty):
            raise NotWritten(f"{self.file.shown} has {_kind(servers)} at {self.servers!r}, not servers by name")

    def _read(self, text: str) -> Any:
        try:
            return self.format.read(text)
        except Malformed as error:
            raise NotWritten(f"{self.file.shown} {error}") from error

    def _edited(self, edit: Callable[..., str], text: str, *arguments: Any) -> str:
        try:
            return edit(text, *arguments)
        except Malformed as error:
            raise NotWritten(f"{self.file.shown} {error}") from error


def _merged(present: dict[str, Any], steps: list[Step]) -> dict[str, Any]:
    """Return the present entry with the changes."""
    merged = dict(present)
    for path, value in steps:
        merged[path[0]] = value if len(path) == 1 else {**merged[path[0]], path[1]: value}
    return merged


def _kind(value: Any) -> str:
    return {list: "a list", type(None): "null"}.get(type(value), "a single value")


@contextmanager
def _turn() -> Iterator[None]:
    """Let one process of ours at a time change files, where the user has a place for the lock.

    Raises:
        NotWritten: another one takes too long.
    """
    from filelock import FileLock, Timeout
    from platformdirs import user_data_path

    folder = user_data_path("interrupt-mcp", appauthor=False)
    with ExitStack() as stack:
        try:
            private.make_folder(folder)
            stack.enter_context(FileLock(folder / "install.lock", timeout=_LOCK_SECONDS, mode=0o600))
        except Timeout as error:
            raise NotWritten("Another interrupt-mcp install has been at work for long") from error
        except OSError:
            # Who cannot write there may still change the file.
            pass
        yield
