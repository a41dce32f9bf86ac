"""What is deleted: most checkpoints of a thread's older runs, and finished threads of a certain age. Never the audit.

A thread keeps its whole state in each checkpoint. All are kept of the last runs; of those before, the ones that
somebody would go back to: where the run began, where it asked and what came right after, and where it ended. Of a
subgraph that keeps a state of its own from run to run, the state is kept that it had at each of these.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WHOLE_RUNS = 3
"""Of how many of a thread's last runs every checkpoint is kept."""
_BEGINNINGS = ("input", "fork", "update", "copy")
_META = "json_extract(CAST(metadata AS TEXT), '$.{}')"
POINTS = f"""
SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, {_META.format("interrupt_mcp_run")}, {_META.format("source")}
FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id
"""
ASKED = "SELECT DISTINCT checkpoint_id FROM writes WHERE thread_id = ? AND channel = '__interrupt__'"
RUNS = "SELECT run_id FROM runs WHERE thread_id = ? ORDER BY seq DESC"
SOME_RUNS = f"SELECT 1 FROM runs WHERE thread_id = ? LIMIT {WHOLE_RUNS + 1}"
DELETE_POINT = "DELETE FROM {} WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"
OLD_THREADS = """
SELECT thread_id FROM threads t WHERE project = ? AND created_at < ?
AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.thread_id = t.thread_id
                AND (r.status IN ('pending', 'running', 'interrupted') OR r.updated_at >= ?))
AND thread_id NOT IN (SELECT copied_from FROM threads WHERE copied_from IS NOT NULL)
LIMIT ?
"""
_OF_RUNS = "(SELECT run_id FROM runs WHERE thread_id = ?)"
DELETE_THREAD = (
    "DELETE FROM decisions WHERE interrupt_id IN (SELECT interrupt_id FROM interrupts WHERE thread_id = ?)",
    "DELETE FROM interrupts WHERE thread_id = ?",
    f"DELETE FROM effects WHERE run_id IN {_OF_RUNS}",
    # That people were ever asked about a tool is known for good.
    """
    DELETE FROM asked_calls WHERE thread_id = ? AND EXISTS (
        SELECT 1 FROM asked_calls o WHERE o.project = asked_calls.project AND o.agent = asked_calls.agent
        AND o.action = asked_calls.action AND o.origin = asked_calls.origin AND o.seq > asked_calls.seq)
    """,
    "DELETE FROM runs WHERE thread_id = ?",
    "DELETE FROM writes WHERE thread_id = ?",
    "DELETE FROM checkpoints WHERE thread_id = ?",
    "DELETE FROM threads WHERE thread_id = ?",
)
_AGES = 365_000
"""In days: longer ago there are no dates."""


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=min(days, _AGES))


@dataclass(frozen=True, slots=True)
class Point:
    """One checkpoint, without what is in it."""

    ns: str
    id: str
    parent: str | None
    run: str | None
    source: str | None

    @property
    def lasts(self) -> bool:
        """Whether it is the state of a graph that keeps it from run to run, rather than of one task."""
        return ":" not in self.ns


def prune_thread(conn: sqlite3.Connection, thread_id: str, keep: int) -> int:
    """Delete all checkpoints but those of the thread's last `keep` runs, and most of the older ones of these."""
    runs = [row["run_id"] for row in conn.execute(RUNS, (thread_id,)).fetchall()]
    whole = min(keep, WHOLE_RUNS)
    if len(runs) <= whole:
        return 0
    points = [Point(*row) for row in conn.execute(POINTS, (thread_id,)).fetchall()]
    asked = {row[0] for row in conn.execute(ASKED, (thread_id,)).fetchall()}
    superfluous = [*_of_old_runs(points, set(runs[keep:])), *_between(points, set(runs[whole:keep]), asked)]
    for table in ("writes", "checkpoints"):
        conn.executemany(DELETE_POINT.format(table), [(thread_id, point.ns, point.id) for point in superfluous])
    return len(superfluous)


def _of_old_runs(points: Sequence[Point], runs: Collection[str]) -> Iterator[Point]:
    """All of these runs, but for the state that later ones went on from."""
    newest = {point.ns: point for point in points if point.lasts}
    newest_old = {point.ns: point for point in points if point.lasts and point.ns and point.run in runs}
    for point in points:
        if point.run in runs and point not in (newest.get(point.ns), newest_old.get(point.ns)):
            yield point


def _between(points: Sequence[Point], runs: Collection[str], asked: Collection[str]) -> Iterator[Point]:
    """All of these runs, but for what somebody would go back to."""
    last = {(point.ns, point.run): point for point in points if point.lasts}
    for point in points:
        begins = point.source in _BEGINNINGS
        stands_out = not point.ns and (begins or point.id in asked or point.parent in asked)
        of_subgraph = point.ns and point.lasts
        if point.run in runs and not (stands_out or of_subgraph or point == last.get((point.ns, point.run))):
            yield point


def delete_threads(conn: sqlite3.Connection, project: str, before: str, limit: int) -> list[str]:
    """Delete so many of the threads on which nothing is open and nothing happened since; their ids.

    Not one of which there is a copy: what people were asked about there counts for the copy.
    """
    old = [row[0] for row in conn.execute(OLD_THREADS, (project, before, before, limit)).fetchall()]
    for thread_id in old:
        for statement in DELETE_THREAD:
            conn.execute(statement, (thread_id,))
    return old


def shrink(conn: sqlite3.Connection, pages: int) -> bool:
    """Give so many of the file's free pages back; whether there are more."""
    (free,) = conn.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(free, pages)):
        # Python takes one step of it only, and that is one page.
        conn.execute("PRAGMA incremental_vacuum")
    return bool(free > pages)
