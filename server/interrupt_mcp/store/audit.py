"""The append-only record: who started, what was asked, who decided what by which channel, what ran."""

import hashlib
import sqlite3
from typing import Any

from interrupt_mcp.store.rows import dump, now

APPEND = """
INSERT INTO audit (at, project, event, run_id, thread_id, interrupt_id, detail, previous_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
LAST_HASH = "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1"
LIST = "SELECT * FROM audit WHERE project = ? AND seq > ? ORDER BY seq LIMIT ?"


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
