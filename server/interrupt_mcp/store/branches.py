"""Statements about a thread's branches: which checkpoint followed which, and copies. Each is a part of one transaction.

A branch is left by going on from an older checkpoint: LangGraph then writes one whose source is `fork` or `update`,
for another run than that of the older one.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from interrupt_mcp.model import Effect
from interrupt_mcp.store.asked_calls import ORIGINS
from interrupt_mcp.store.rows import effect_of

_META = "json_extract(CAST(metadata AS TEXT), '$.{}')"
_NO_TASK = "00000000-0000-0000-0000-000000000000"
"""LangGraph's id for writes that belong to a checkpoint and not to a task."""
_BEGINNINGS = ("fork", "update", "copy")
EXISTS = """
SELECT checkpoint_ns FROM checkpoints WHERE thread_id = ? AND checkpoint_id = ? ORDER BY checkpoint_ns LIMIT 1
"""
HEAD = "SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''"
POINTS = """
SELECT checkpoint_id, parent_checkpoint_id FROM checkpoints
WHERE thread_id = ? AND checkpoint_ns = '' ORDER BY checkpoint_id
"""
UP = f"""
WITH RECURSIVE up (id, parent, source, run, depth) AS (
    SELECT checkpoint_id, parent_checkpoint_id, {_META.format("source")}, {_META.format("interrupt_mcp_run")}, 0
    FROM checkpoints WHERE thread_id = ?1 AND checkpoint_ns = '' AND checkpoint_id = ?2
    UNION ALL
    SELECT c.checkpoint_id, c.parent_checkpoint_id, {_META.format("source")}, {_META.format("interrupt_mcp_run")},
           depth + 1
    FROM up JOIN checkpoints c
    ON c.thread_id = ?1 AND c.checkpoint_ns = '' AND c.checkpoint_id = up.parent
) SELECT * FROM up ORDER BY depth
"""
LATER = f"""
SELECT checkpoint_id AS id, '' AS source, {_META.format("interrupt_mcp_run")} AS run FROM checkpoints
WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id >= ?
"""
CONTEXT = f"""
SELECT context FROM runs WHERE run_id = (
    SELECT {_META.format("interrupt_mcp_run")} FROM checkpoints
    WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ?
) AND project = ?
"""
TASKS = "SELECT DISTINCT task_id, checkpoint_id FROM writes WHERE thread_id = ? AND checkpoint_ns = ''"
LAST_OF_RUNS = f"""
SELECT {_META.format("interrupt_mcp_run")} AS run, max(checkpoint_id) FROM checkpoints
WHERE thread_id = ? AND checkpoint_ns = '' AND run IS NOT NULL GROUP BY run
"""
EFFECTS = f"""
SELECT * FROM effects WHERE thread_id IN ({ORIGINS}) AND interrupt_id <> '' AND status <> 'paused' ORDER BY seq
"""
ADD_COPY = """
INSERT INTO threads (thread_id, project, agent, approver, copied_from, created_at) VALUES (?, ?, ?, ?, ?, ?)
"""
_DECIDED = f"""
SELECT DISTINCT i.code, i.checkpoint_id FROM interrupts i JOIN decisions USING (interrupt_id)
WHERE i.thread_id IN ({ORIGINS})
"""
DECIDED_EARLIER = f"{_DECIDED} AND i.checkpoint_id < ? ORDER BY i.checkpoint_id"
_CHECKPOINT = "checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata"
_WRITE = "checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value"
_CHAIN = """
WITH RECURSIVE chain (id) AS (
    SELECT :checkpoint_id
    UNION
    SELECT c.parent_checkpoint_id FROM chain JOIN checkpoints c
    ON c.thread_id = :thread_id AND c.checkpoint_ns = '' AND c.checkpoint_id = chain.id
    WHERE c.parent_checkpoint_id IS NOT NULL
)
"""
COPY = (
    f"""
{_CHAIN} INSERT INTO checkpoints (thread_id, {_CHECKPOINT}) SELECT :copy, {_CHECKPOINT} FROM checkpoints
WHERE thread_id = :thread_id AND CASE checkpoint_ns
    WHEN '' THEN checkpoint_id IN chain ELSE checkpoint_id < :checkpoint_id END
""",
    f"""
{_CHAIN} INSERT INTO writes (thread_id, {_WRITE}) SELECT :copy, {_WRITE} FROM writes
WHERE thread_id = :thread_id AND CASE
    WHEN checkpoint_ns <> '' THEN checkpoint_id < :checkpoint_id
    WHEN checkpoint_id = :checkpoint_id THEN task_id = '{_NO_TASK}'
    ELSE checkpoint_id IN chain END
""",
)


def decided_at(checkpoint_ids: Collection[str]) -> str:
    """The statement that finds what was decided of what was asked at these checkpoints."""
    return f"{_DECIDED} AND i.checkpoint_id IN ({', '.join('?' * len(checkpoint_ids))}) ORDER BY i.checkpoint_id"


def asked_at(checkpoint_ids: Collection[str]) -> str:
    """The statement that finds what was asked at these checkpoints."""
    places = ", ".join("?" * len(checkpoint_ids))
    return f"SELECT * FROM interrupts WHERE thread_id = ? AND checkpoint_id IN ({places}) ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Done:
    """An effect and when it ended, or started where nobody knows how it ended."""

    effect: Effect
    at: str


def left_behind(conn: sqlite3.Connection, thread_id: str, checkpoint_id: str) -> list[Done]:
    """What was done on the branch that is left when the thread goes on from this checkpoint.

    An effect belongs to the checkpoint whose task made the call, also in a thread that was copied since. Where that is
    not known, because the task never ended or its writes were pruned, it counts if its run is on that branch.
    """
    steps, runs = _left(conn, thread_id, checkpoint_id)
    place = dict(conn.execute(TASKS, (thread_id,)).fetchall())

    def left(row: sqlite3.Row) -> bool:
        task = task_of(row)
        if task in place:
            return place[task] in steps
        return row["thread_id"] == thread_id and row["run_id"] in runs

    return [done_of(row) for row in conn.execute(EFFECTS, (thread_id,)).fetchall() if left(row)]


def task_of(row: sqlite3.Row) -> str:
    """The task of the thread's own graph in which the effect happened."""
    return effect_of(row).call.ns.split("|")[0].rpartition(":")[2]


def done_of(row: sqlite3.Row) -> Done:
    return Done(effect_of(row), row["ended_at"] or row["started_at"])


def _left(conn: sqlite3.Connection, thread_id: str, checkpoint_id: str) -> tuple[set[str], set[str]]:
    """The checkpoints whose tasks ran on the branch that is left, and the runs that did."""

    def up(start: str) -> list[sqlite3.Row]:
        return conn.execute(UP, (thread_id, start)).fetchall()

    (head,) = conn.execute(HEAD, (thread_id,)).fetchone()
    kept = {row["id"] for row in up(checkpoint_id)}
    path: list[sqlite3.Row] = []
    following: sqlite3.Row | None = None
    for row in up(head):
        if following is None or following["source"] not in _BEGINNINGS or following["run"] == row["run"]:
            path.append(row)
        if row["id"] in kept:
            break
        following = row
    else:
        path = conn.execute(LATER, (thread_id, checkpoint_id)).fetchall()
    return {row["id"] for row in path}, {row["run"] for row in path}
