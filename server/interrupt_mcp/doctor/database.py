"""The database: where it is, whether a server can use it as it is, and how much is in it. It changes nothing there."""

import os
from collections.abc import Iterator
from pathlib import Path

from interrupt_mcp import private
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.doctor import server
from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.opening import on_network

_WAL = "wal"
_DAMAGED = (
    "See what {path} is, and whether you may read it. If it is damaged, end all servers, keep a copy of it and of the"
    " files beside it, and bring back a backup or try SQLite's `.recover`."
)


def findings(case: Case, kept: Kept | Unavailable | None) -> Iterator[Finding]:
    """Tell of the database; `kept` is `None` where there is none."""
    address = case.settings.database
    where = case.places.get("database")
    why = f", by {where}" if where else ""
    if not isinstance(address, SqliteFile):
        yield from server.findings(case, address, why)
        if isinstance(kept, Kept):
            yield from _contents(kept)
        return
    path = address.path
    try:
        network = on_network(path)
    except OSError:
        network = None
    if network is not None:
        yield _problem(
            f"The database {path} is on a network file system ({network}), where SQLite is not safe.",
            "Choose a place on a disk of this machine: INTERRUPT_MCP_DATABASE=sqlite:////absolute/path.db",
        )
    if kept is None:
        yield from _absent(path, why)
        return
    if isinstance(kept, Unavailable):
        yield _problem(f"{str(kept.args[0]).rstrip('. ')}.", _DAMAGED.format(path=path))
        yield from _rights(path)
        return
    yield Finding(Section.DATABASE, Level.OK, f"The database is {path}{why}; {_size(kept.condition.size)}.")
    yield from _rights(path)
    yield from _condition(path, kept)
    yield from _contents(kept)


def _absent(path: Path, why: str) -> Iterator[Finding]:
    yield Finding(
        Section.DATABASE,
        Level.OK,
        f"There is no database at {path} yet{why}; it is made when something is first kept.",
    )
    folder = next((each for each in path.parents if os.path.lexists(each)), path.parent)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield _problem(
            f"None can be made there: {folder} is no folder that you can write to.",
            "Choose another place: INTERRUPT_MCP_DATABASE=sqlite:////absolute/path.db",
        )


def _rights(path: Path) -> Iterator[Finding]:
    real = Path(os.path.realpath(path))
    if not private.belongs(path):
        yield _problem(f"{path} belongs to another user.", "Choose a database in a folder of your own.")
    elif not os.access(real, os.R_OK | os.W_OK) or not os.access(real.parent, os.W_OK | os.X_OK):
        yield _problem(
            f"{path} cannot be written, or its folder cannot; SQLite needs both.",
            f"Give yourself the rights: chmod u+rw {real}; chmod u+rwx {real.parent}",
        )
    elif (other := private.changeable(real)) is not None:
        yield Finding(
            Section.DATABASE,
            Level.WARNING,
            f"Another user could change {other}, and so put another database in its place.",
            f"Take that right away: chmod go-w {other}",
        )


def _condition(path: Path, kept: Kept) -> Iterator[Finding]:
    found = kept.condition
    if found.moved is not None:
        yield _problem(
            f"{found.moved.partition(';')[0]}.", "Name that one: INTERRUPT_MCP_DATABASE=postgresql://host/database"
        )
        return
    if found.damage:
        yield _problem(
            f"The database is damaged: {found.damage}.",
            _DAMAGED.format(path=path),
        )
        return
    if found.schema > found.newest:
        yield _problem(
            f"It is laid out by a newer interrupt-mcp (schema {found.schema}, this one knows {found.newest}), and so"
            " refused; what is in it is not looked at.",
            "Upgrade interrupt-mcp.",
        )
    elif not found.current:
        empty = " It is empty." if not found.schema else ""
        yield Finding(
            Section.DATABASE,
            Level.NOTE,
            f"It is laid out by an older interrupt-mcp (schema {found.schema}, this one's is {found.newest}); the next"
            f" server that opens it brings it up to date. Until then what is in it is not looked at.{empty}",
            "Nothing, but end servers of the older version: they may not be able to go on with it.",
        )
    else:
        checked = "undamaged" if found.damage is not None else "too large to be checked for damage quickly"
        yield Finding(
            Section.DATABASE, Level.OK, f"It is laid out as this version has it (schema {found.schema}), {checked}."
        )
    if found.journal_mode != _WAL and found.current:
        yield Finding(
            Section.DATABASE,
            Level.NOTE,
            f"Its journal mode is {found.journal_mode}; a server that opens it makes it {_WAL}.",
            "Nothing, unless its file system has no shared memory: then choose another place.",
        )


def _contents(kept: Kept) -> Iterator[Finding]:
    if kept.counts is None:
        return
    counts = kept.counts
    waiting = "nothing waits" if not kept.waiting else f"{_many(kept.waiting, 'question')} for a person open"
    yield Finding(
        Section.DATABASE,
        Level.OK,
        f"This project has {_many(counts.runs, 'run')} on {_many(counts.threads, 'thread')} in it, and {waiting}.",
    )
    if kept.chain is None:
        yield Finding(
            Section.DATABASE,
            Level.NOTE,
            f"Its record has {counts.entries:,} entries, too many to follow here.",
            "Check it: interrupt-mcp audit --verify",
        )
    elif kept.chain.broken_at is not None:
        yield _problem(
            f"Entry {kept.chain.broken_at} of its record was changed, or one before it was removed.",
            "See which: interrupt-mcp audit --verify",
        )
    else:
        yield Finding(
            Section.DATABASE, Level.OK, f"Its record is unbroken: {_many(kept.chain.entries, 'entry', 'entries')}."
        )


def _problem(text: str, do: str) -> Finding:
    return Finding(Section.DATABASE, Level.PROBLEM, text, do)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"
