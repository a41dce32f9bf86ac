"""Reach in SQL: whose rows a statement is about, in words that are put into the SQL of each that asks.

    SELECT * FROM runs WHERE seen(runs) AND run_id = :run_id

- `seen(TABLE ALIAS)`: what whoever asks may look at: their own, and what they, or a group of theirs, are to decide.
- `own(TABLE ALIAS)`: what they may change, which is their own.
- `theirs(TABLE ALIAS)`: what they may decide: their own, and what they, or a group of theirs, are to decide.
- `held(TABLE ALIAS)` and `lent(TABLE ALIAS)`: what is seen, in two parts, each by an index: for lists, which are one
  behind the other.

Without an alias it is the table's name. For the process itself all of them are the project's, but for what is lent.
This is the only place that says it. It knows no statement.
"""

import re
from enum import Enum, auto
from functools import cache

from interrupt_mcp.store.records import Reach

_WORD = re.compile(r"\b(seen|own|theirs|held|lent)\((\w+)(?: (\w+))?\)")
_OURS = ("project", "principal", "our_names")
_KEYS = {"runs": "run_id", "interrupts": "interrupt_id", "decisions": "interrupt_id", "threads": "thread_id"}
"""By what a table's rows are among those that somebody else is to decide."""
_NEVER = "1 = 0"


class Whose(Enum):
    """The kinds of those who ask."""

    PROCESS = auto()
    """The process itself, for all of the project."""
    PRINCIPAL = auto()
    READS_ALL = auto()
    """A principal that sees all of the project."""


def whose(reach: Reach) -> Whose:
    """Return which kind asks within this reach."""
    if reach.principal is None:
        return Whose.PROCESS
    return Whose.READS_ALL if reach.reads_all else Whose.PRINCIPAL


def says_whose(sql: str) -> bool:
    """Whether the statement says whose rows it is about."""
    return ":principal" in sql or ":our_names" in sql or _WORD.search(sql) is not None


@cache
def written(sql: str, whose: Whose) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return the SQL for those who ask, the names in it that stand for several values, and those of the reach."""
    sql = _WORD.sub(lambda found: f"({_condition(found[1], found[2], found[3] or found[2], whose)})", sql)
    several = frozenset(re.findall(r"\bIN \(:(\w+)\)", sql))
    return sql, several, frozenset(name for name in _OURS if re.search(rf":{name}\b", sql))


def _condition(word: str, table: str, row: str, whose: Whose) -> str:
    if table == "audit":
        return _audit(row, whose)
    # Compared as an expression, so that the index of the key is followed, and not that of all rows of the project.
    by_key = f"{row}.project || '' = :project"
    everything = whose is Whose.PROCESS or (whose is Whose.READS_ALL and word not in ("own", "theirs"))
    match word:
        case "held":
            return f"{row}.project = :project" + ("" if everything else f" AND {row}.principal = :principal")
        case "lent" if everything or table not in _KEYS:
            return _NEVER
        case "lent":
            key = _KEYS[table]
            named = f"SELECT d.{key} FROM deciders d WHERE d.project = :project AND d.name IN (:our_names)"
            return f"{by_key} AND {row}.principal || '' <> :principal AND {row}.{key} IN ({named})"
        case "seen" | "theirs" if not everything:
            return f"{by_key} AND ({row}.principal || '' = :principal{_or_named(table, row)})"
        case _:
            return by_key if everything else f"{by_key} AND {row}.principal || '' = :principal"


def _or_named(table: str, row: str) -> str:
    if (key := _KEYS.get(table)) is None:
        return ""
    return f" OR EXISTS (SELECT 1 FROM deciders d WHERE d.{key} = {row}.{key} AND d.name IN (:our_names))"


def _audit(row: str, whose: Whose) -> str:
    """An entry is seen by who sees what it is about: an interrupt, else a run, else a thread."""
    if whose is not Whose.PRINCIPAL:
        return f"{row}.project = :project"
    interrupt, run, thread = (
        f"EXISTS (SELECT 1 FROM {table} t WHERE t.{key} = {row}.{key} AND {_condition('seen', table, 't', whose)})"
        for table, key in (("interrupts", "interrupt_id"), ("runs", "run_id"), ("threads", "thread_id"))
    )
    return (
        f"{row}.project = :project AND CASE WHEN {row}.interrupt_id IS NOT NULL THEN {interrupt}"
        f" WHEN {row}.run_id IS NOT NULL THEN {run} ELSE {thread} END"
    )
