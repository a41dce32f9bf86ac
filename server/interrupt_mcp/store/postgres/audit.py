"""Entries of the append-only record, hashed by the server: whoever waits for its turn waits for one round trip less."""

from collections.abc import Sequence

from interrupt_mcp.store.sql.rows import dump
from interrupt_mcp.store.sql.transaction import Statement, Transaction, Values
from interrupt_mcp.store.sql.transactions.audit import FIELDS

_GIVEN = ", ".join(f"CAST(:{name}s AS text[])" for name in (*FIELDS, "rest"))
_NAMES = ", ".join(FIELDS)
_APPEND = Statement(
    f"""
WITH RECURSIVE given AS (
    SELECT * FROM unnest({_GIVEN}) WITH ORDINALITY AS each ({_NAMES}, rest, number)
), chain (number, previous_hash, hash) AS (
    SELECT CAST(0 AS bigint), '', coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '')
    UNION ALL
    SELECT given.number, chain.hash,
           encode(sha256(convert_to('["' || chain.hash || '"' || given.rest, 'UTF8')), 'hex')
    FROM chain JOIN given ON given.number = chain.number + 1
)
INSERT INTO audit ({_NAMES}, previous_hash, hash)
SELECT {_NAMES}, previous_hash, hash FROM given JOIN chain USING (number) ORDER BY number
""",
    of_all_projects=True,
)


def add(tx: Transaction, entries: Sequence[Values]) -> None:
    """Add entries to the end of the chain, each with the hash that `store.sql.transactions.audit` would give it."""
    given = {f"{name}s": [entry[name] for entry in entries] for name in FIELDS}
    tx.do(_APPEND, **given, rests=[_rest(entry) for entry in entries])


def _rest(entry: Values) -> str:
    """Return the JSON that is hashed, behind the hash of the entry before."""
    return dump(["", *(entry[name] for name in FIELDS)]).removeprefix('[""')
