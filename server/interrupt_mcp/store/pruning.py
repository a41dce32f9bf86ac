"""What is deleted: most checkpoints of a thread's older runs, and finished threads of a certain age. Never the audit.

A thread keeps its whole state in each checkpoint. All are kept of the last runs; of those before, the ones that
somebody would go back to: where the run began, where it asked and what came right after, and where it ended.
"""

import sqlite3

WHOLE_RUNS = 3
"""Of how many of a thread's last runs every checkpoint is kept."""
_MARK = "json_extract(CAST(metadata AS TEXT), '$.interrupt_mcp_run')"
_OLDER = "SELECT run_id FROM runs WHERE thread_id = :thread_id ORDER BY seq DESC LIMIT -1 OFFSET"
OF_OLD_RUNS = f"""
SELECT checkpoint_ns, checkpoint_id FROM checkpoints WHERE thread_id = :thread_id AND {_MARK} IN ({_OLDER} :keep)
"""
BETWEEN = f"""
WITH marked AS (
    SELECT checkpoint_ns AS ns, checkpoint_id AS id, parent_checkpoint_id AS parent, {_MARK} AS run,
           json_extract(CAST(metadata AS TEXT), '$.source') AS source
    FROM checkpoints WHERE thread_id = :thread_id
), asked AS (
    SELECT DISTINCT checkpoint_id AS id FROM writes WHERE thread_id = :thread_id AND channel = '__interrupt__'
), last AS (
    SELECT run, max(id) AS id FROM marked WHERE ns = '' GROUP BY run
)
SELECT ns, id FROM marked
WHERE run IN ({_OLDER} :whole) AND NOT (
    ns = '' AND (source IN ('input', 'fork', 'update') OR id IN (SELECT id FROM asked) OR parent IN (SELECT id FROM asked)
                 OR id IN (SELECT id FROM last))
)
"""
RUN_COUNT = "SELECT count(*) FROM runs WHERE thread_id = ?"
OLD_THREADS = """
SELECT thread_id FROM threads t WHERE project = ?
AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.thread_id = t.thread_id
                AND (r.status IN ('pending', 'running', 'interrupted') OR r.updated_at >= ?))
"""
_OF_RUNS = "(SELECT run_id FROM runs WHERE thread_id = ?)"
DELETE_THREAD = (
    "DELETE FROM decisions WHERE interrupt_id IN (SELECT interrupt_id FROM interrupts WHERE thread_id = ?)",
    "DELETE FROM interrupts WHERE thread_id = ?",
    f"DELETE FROM effects WHERE run_id IN {_OF_RUNS}",
    "DELETE FROM runs WHERE thread_id = ?",
    "DELETE FROM writes WHERE thread_id = ?",
    "DELETE FROM checkpoints WHERE thread_id = ?",
    "DELETE FROM threads WHERE thread_id = ?",
)


def prune_thread(conn: sqlite3.Connection, thread_id: str, keep: int) -> int:
    """Delete all checkpoints but those of the thread's last `keep` runs, and most of the older ones of these."""
    (count,) = conn.execute(RUN_COUNT, (thread_id,)).fetchone()
    if count <= min(keep, WHOLE_RUNS):
        return 0
    values = {"thread_id": thread_id, "keep": keep, "whole": min(keep, WHOLE_RUNS)}
    old = {tuple(row) for sql in (OF_OLD_RUNS, BETWEEN) for row in conn.execute(sql, values).fetchall()}
    for table in ("writes", "checkpoints"):
        conn.executemany(
            f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?",
            [(thread_id, ns, checkpoint_id) for ns, checkpoint_id in old],
        )
    return len(old)


def delete_threads(conn: sqlite3.Connection, project: str, before: str) -> int:
    """Delete all threads on which nothing is open and nothing happened since; how many there were."""
    old = [row[0] for row in conn.execute(OLD_THREADS, (project, before)).fetchall()]
    for thread_id in old:
        for statement in DELETE_THREAD:
            conn.execute(statement, (thread_id,))
    return len(old)
