"""The append-only record: who started, what was asked, who decided what by which channel, what ran."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from interrupt_mcp.store.database import Database
from interrupt_mcp.store.rows import dump, now

APPEND = """
INSERT INTO audit (at, project, event, run_id, thread_id, interrupt_id, detail, previous_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
LAST_HASH = "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1"
LIST = "SELECT * FROM audit WHERE project = ? AND seq > ? ORDER BY seq LIMIT ?"
OF_ALL_PROJECTS = "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
BEFORE = "SELECT seq FROM audit WHERE project = ? AND at < ? ORDER BY seq DESC LIMIT 1"
AFTER = "SELECT seq, event, run_id, thread_id FROM audit WHERE project = ? AND seq > ? ORDER BY seq"
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of the chain of hashes."""

    entries: int
    last_hash: str
    """To be kept elsewhere: entries that were cut off at the end leave no other trace."""
    broken_at: int | None
    """Number of the first entry that is not as it was written, or does not follow the one before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """That something happened, and to which run and thread."""

    seq: int
    event: str
    run_id: str | None
    thread_id: str | None


def append(
    conn: sqlite3.Connection,
    project: str,
    event: str,
    *,
    run_id: str | None = None,
    thread_id: str | None = None,
    interrupt_id: str | None = None,
    **detail: Any,
) -> None:
    """Add one entry, chained to the one before by its hash."""
    last = conn.execute(LAST_HASH).fetchone()
    previous = last["hash"] if last else ""
    entry = (now(), project, event, run_id, thread_id, interrupt_id, dump(detail))
    conn.execute(APPEND, (*entry, previous, chained(previous, entry)))


def chained(previous: str, entry: tuple[str | None, ...]) -> str:
    """The hash of an entry: SHA-256 of the one before and of all its fields as JSON."""
    return hashlib.sha256(dump([previous, *entry]).encode()).hexdigest()


def verify(database: Database) -> Chain:
    """Follow the chain from its first entry, through all projects of the database."""
    entries, previous = 0, ""
    for row in _all(database):
        entry = tuple(row[name] for name in ("at", "project", "event", "run_id", "thread_id", "interrupt_id", "detail"))
        if row["previous_hash"] != previous or row["hash"] != chained(previous, entry):
            return Chain(entries, previous, row["seq"])
        entries, previous = entries + 1, row["hash"]
    return Chain(entries, previous, None)


def _all(database: Database) -> Iterator[sqlite3.Row]:
    after = 0
    while page := database.read(OF_ALL_PROJECTS, (after, _PAGE)):
        yield from page
        after = page[-1]["seq"]
