"""LangGraph's tables `checkpoints`, `checkpoint_blobs` and `checkpoint_writes`, as langgraph-checkpoint-postgres 3 lays
them out. A value may be a blob of its own, which each checkpoint whose channel has that version refers to.
"""

from interrupt_mcp.store.sql.statements.checkpoints import MINE, OURS, Blobs, checkpoint_statements, layout_of
from interrupt_mcp.store.sql.transaction import Statement

_REFERRED = "checkpoints c CROSS JOIN LATERAL jsonb_each_text(c.checkpoint -> 'channel_versions') AS v"
_BLOB = "checkpoint_ns, channel, version, type, blob"

LAYOUT = layout_of(
    "checkpoint_writes",
    "blob",
    size=Statement(f"""
SELECT (SELECT sum(pg_column_size(c.checkpoint) + pg_column_size(c.metadata))
        FROM threads JOIN checkpoints c USING (thread_id) WHERE {MINE})
     + coalesce((SELECT sum(pg_column_size(b.blob))
                 FROM threads JOIN checkpoint_blobs b USING (thread_id) WHERE {MINE}), 0)
     + coalesce((SELECT sum(pg_column_size(w.blob))
                 FROM threads JOIN checkpoint_writes w USING (thread_id) WHERE {MINE}), 0)
    AS size
"""),
    blobs=Blobs(
        copy=Statement(f"""
INSERT INTO checkpoint_blobs (thread_id, {_BLOB}) SELECT :copy, {_BLOB} FROM checkpoint_blobs
WHERE {OURS} AND (checkpoint_ns, channel, version) IN (
    SELECT c.checkpoint_ns, v.key, v.value FROM {_REFERRED} WHERE c.thread_id = :copy)
"""),
        delete_thread=Statement(f"DELETE FROM checkpoint_blobs WHERE {OURS}"),
        delete_unused=Statement(f"""
DELETE FROM checkpoint_blobs b WHERE {OURS} AND b.checkpoint_ns = :checkpoint_ns AND NOT EXISTS (
    SELECT 1 FROM {_REFERRED} WHERE c.thread_id = :thread_id AND c.checkpoint_ns = :checkpoint_ns
    AND v.key = b.channel AND v.value = b.version)
"""),
    ),
)
STATEMENTS = checkpoint_statements(
    "checkpoint_writes", "blob", ("checkpoint_writes", "checkpoint_blobs", "checkpoints")
)
PUT = Statement(
    """
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
VALUES (:thread_id, :checkpoint_ns, :checkpoint_id, :parent_checkpoint_id, :checkpoint, :metadata)
ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id) DO UPDATE SET
    parent_checkpoint_id = excluded.parent_checkpoint_id, checkpoint = excluded.checkpoint, metadata = excluded.metadata
""",
    of_all_projects=True,  # of a run whose epoch was compared in the same transaction
)
PUT_BLOB = Statement(
    """
INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
VALUES (:thread_id, :checkpoint_ns, :channel, :version, :type, :blob)
ON CONFLICT (thread_id, checkpoint_ns, channel, version) DO NOTHING
""",
    of_all_projects=True,
)
