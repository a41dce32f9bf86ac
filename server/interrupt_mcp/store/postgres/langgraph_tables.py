"""LangGraph's tables `checkpoints`, `checkpoint_blobs` and `checkpoint_writes`, as langgraph-checkpoint-postgres 3 lays them out."""

from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.transaction import Statement

_OURS = "thread_id = (SELECT thread_id FROM threads WHERE own(threads) AND thread_id = :thread_id)"
_STEP = f"{_OURS} AND checkpoint_ns = :checkpoint_ns AND checkpoint_id = :checkpoint_id"
_NO_TASK = "00000000-0000-0000-0000-000000000000"
"""LangGraph's id for checkpoint_writes that belong to a checkpoint and not to a task."""
_CHECKPOINT = "checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata"
_WRITE = "checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob"
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
        Statement(f"DELETE FROM checkpoint_writes WHERE {_STEP}"),
        Statement(f"DELETE FROM checkpoints WHERE {_STEP}"),
    ),
    delete_thread=(
        Statement(f"DELETE FROM checkpoint_writes WHERE {_OURS}"),
        Statement(f"DELETE FROM checkpoint_blobs WHERE {_OURS}"),
        Statement(f"DELETE FROM checkpoints WHERE {_OURS}"),
    ),
    copy_thread=(
        Statement(f"""
{_CHAIN} INSERT INTO checkpoints (thread_id, {_CHECKPOINT}) SELECT :copy, {_CHECKPOINT} FROM checkpoints
WHERE {_OURS} AND CASE checkpoint_ns
    WHEN '' THEN checkpoint_id IN (SELECT id FROM chain) ELSE checkpoint_id < :checkpoint_id END
"""),
        Statement(f"""
{_CHAIN} INSERT INTO checkpoint_writes (thread_id, {_WRITE}) SELECT :copy, {_WRITE} FROM checkpoint_writes
WHERE {_OURS} AND CASE
    WHEN checkpoint_ns <> '' THEN checkpoint_id < :checkpoint_id
    WHEN checkpoint_id = :checkpoint_id THEN task_id = '{_NO_TASK}'
    ELSE checkpoint_id IN (SELECT id FROM chain) END
"""),
    ),
    size=Statement(f"""
SELECT (SELECT sum(length(c.checkpoint) + length(c.metadata)) FROM threads JOIN checkpoints c USING (thread_id)
        WHERE {_MINE})
     + coalesce((SELECT sum(length(w.value)) FROM threads JOIN checkpoint_writes w USING (thread_id) WHERE {_MINE}), 0)
    AS size
"""),
    forget_error=Statement(
        f"DELETE FROM checkpoint_writes WHERE {_STEP} AND task_id = :task_id AND channel = '__error__'"
    ),
)
