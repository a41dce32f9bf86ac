"""LangGraph's tables `checkpoints` and `writes`, as langgraph-checkpoint-sqlite 3 lays them out."""

from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.transaction import Statement

_OURS = "thread_id = (SELECT thread_id FROM threads WHERE own(threads) AND thread_id = :thread_id)"
_STEP = f"{_OURS} AND checkpoint_ns = :checkpoint_ns AND checkpoint_id = :checkpoint_id"
_NO_TASK = "00000000-0000-0000-0000-000000000000"
"""LangGraph's id for writes that belong to a checkpoint and not to a task."""
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

_MINE = "threads.project = :project AND threads.principal = :principal"
"""Also where all of the project is seen."""

LAYOUT = Layout(
    delete_step=(
        Statement(f"DELETE FROM writes WHERE {_STEP}"),
        Statement(f"DELETE FROM checkpoints WHERE {_STEP}"),
    ),
    delete_thread=(
        Statement(f"DELETE FROM writes WHERE {_OURS}"),
        Statement(f"DELETE FROM checkpoints WHERE {_OURS}"),
    ),
    copy_thread=(
        Statement(f"""
{_CHAIN} INSERT INTO checkpoints (thread_id, {_CHECKPOINT}) SELECT :copy, {_CHECKPOINT} FROM checkpoints
WHERE {_OURS} AND CASE checkpoint_ns
    WHEN '' THEN checkpoint_id IN chain ELSE checkpoint_id < :checkpoint_id END
"""),
        Statement(f"""
{_CHAIN} INSERT INTO writes (thread_id, {_WRITE}) SELECT :copy, {_WRITE} FROM writes
WHERE {_OURS} AND CASE
    WHEN checkpoint_ns <> '' THEN checkpoint_id < :checkpoint_id
    WHEN checkpoint_id = :checkpoint_id THEN task_id = '{_NO_TASK}'
    ELSE checkpoint_id IN chain END
"""),
    ),
    size=Statement(f"""
SELECT (SELECT sum(length(c.checkpoint) + length(c.metadata)) FROM threads JOIN checkpoints c USING (thread_id)
        WHERE {_MINE})
     + coalesce((SELECT sum(length(w.value)) FROM threads JOIN writes w USING (thread_id) WHERE {_MINE}), 0)
    AS size
"""),
    forget_error=Statement(f"DELETE FROM writes WHERE {_STEP} AND task_id = :task_id AND channel = '__error__'"),
)

PUT = Statement(
    """
INSERT INTO checkpoints
    (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
VALUES (:thread_id, :checkpoint_ns, :checkpoint_id, :parent_checkpoint_id, :type, :checkpoint, :metadata)
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id) DO UPDATE SET
    parent_checkpoint_id = excluded.parent_checkpoint_id, type = excluded.type, checkpoint = excluded.checkpoint,
    metadata = excluded.metadata
""",
    of_all_projects=True,  # of a run whose epoch was compared in the same transaction
)
_WRITTEN = """
INSERT INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value)
VALUES (:thread_id, :checkpoint_ns, :checkpoint_id, :task_id, :task_path, :idx, :channel, :type, :value)
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
"""
KEEP_WRITE = Statement(f"{_WRITTEN} DO NOTHING", of_all_projects=True)
"""Writes what a node returned; what is there already stays, as LangGraph has it."""
REPLACE_WRITE = Statement(
    f"""
{_WRITTEN} DO UPDATE SET task_path = excluded.task_path, channel = excluded.channel, type = excluded.type,
    value = excluded.value
""",
    of_all_projects=True,
)
"""Replaces what LangGraph itself keeps of a task: its error, what it asks, how it resumes."""
DELETE_THREAD = tuple(
    Statement(f"DELETE FROM {table} WHERE thread_id = :thread_id", of_all_projects=True)
    for table in ("checkpoints", "writes")
)
_NOT_ANOTHERS = "NOT EXISTS (SELECT 1 FROM threads WHERE NOT seen(threads) AND thread_id = :thread_id)"
"""Threads of agents that a tool runs by itself, with ids of its own, are nobody's."""
ANOTHERS = Statement("SELECT 1 FROM threads WHERE NOT seen(threads) AND thread_id = :thread_id")
NEWEST = Statement(f"""
SELECT max(checkpoint_id) AS newest FROM checkpoints WHERE thread_id = :thread_id AND {_NOT_ANOTHERS}
""")
FAILED_TASKS = Statement(f"""
SELECT checkpoint_ns, checkpoint_id, task_id, i.type, i.value
FROM writes e JOIN writes i USING (thread_id, checkpoint_ns, checkpoint_id, task_id)
WHERE thread_id = :thread_id AND i.channel = :asked AND e.channel = :failed
  AND checkpoint_id = (SELECT max(c.checkpoint_id) FROM checkpoints c
                       WHERE c.thread_id = e.thread_id AND c.checkpoint_ns = e.checkpoint_ns) AND {_NOT_ANOTHERS}
""")
ASKED_BELOW = Statement(f"""
SELECT checkpoint_ns, task_path, type, value FROM writes
WHERE thread_id = :thread_id AND channel = :asked AND checkpoint_ns > '' AND {_NOT_ANOTHERS}
ORDER BY length(checkpoint_ns)
""")
BELOW = Statement(f"""
SELECT DISTINCT checkpoint_ns FROM checkpoints WHERE thread_id = :thread_id AND checkpoint_ns > '' AND {_NOT_ANOTHERS}
""")
