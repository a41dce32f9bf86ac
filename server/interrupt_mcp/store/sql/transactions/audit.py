"""The append-only record: who started, what was asked, who decided what by which channel, what ran."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from interrupt_mcp.store.records import Chain
from interrupt_mcp.store.sql.rows import dump, now
from interrupt_mcp.store.sql.statements import audit
from interrupt_mcp.store.sql.transaction import Row, Transaction, Values

FIELDS = ("at", "project", "event", "run_id", "thread_id", "interrupt_id", "detail")


def append(
    tx: Transaction,
    project: str,
    event: str,
    *,
    run_id: str | None = None,
    thread_id: str | None = None,
    interrupt_id: str | None = None,
    **detail: Any,
) -> None:
    """Add one entry, chained to the one before by its hash.

    Entries take turns, so that none is added behind one that is not kept yet: the chain does not fork, and whoever
    reads on from an entry misses none.
    """
    entry = dict(zip(FIELDS, (now(), project, event, run_id, thread_id, interrupt_id, dump(detail)), strict=True))
    tx.run_last("audit", _add, entry)


def _add(tx: Transaction, entries: Sequence[Values]) -> None:
    last = tx.one(audit.LAST_HASH)
    previous, rows = last["hash"] if last else "", []
    for entry in entries:
        chained = _chained(previous, entry)
        rows.append({**entry, "previous_hash": previous, "hash": chained})
        previous = chained
    tx.run_each(audit.APPEND, rows)


def followed(chain: Chain, rows: Iterable[Row]) -> Chain:
    """Follow the chain through these entries, as far as it is as it was written."""
    for row in rows:
        if chain.broken_at is not None:
            break
        if row["previous_hash"] != chain.last_hash or row["hash"] != _chained(chain.last_hash, row):
            chain = Chain(chain.entries, chain.last_hash, row["seq"])
        else:
            chain = Chain(chain.entries + 1, row["hash"], None)
    return chain


def _chained(previous: str, entry: Row) -> str:
    """Return the hash of an entry: SHA-256 of the hash before it and of all its fields, as JSON."""
    return hashlib.sha256(dump([previous, *(entry[name] for name in FIELDS)]).encode()).hexdigest()
