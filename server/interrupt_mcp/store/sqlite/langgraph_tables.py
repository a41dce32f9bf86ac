"""LangGraph's tables `checkpoints` and `writes`, as langgraph-checkpoint-sqlite 3 lays them out."""

from interrupt_mcp.store.sql.statements.checkpoints import MINE, checkpoint_statements, layout_of
from interrupt_mcp.store.sql.transaction import Statement

LAYOUT = layout_of(
    "writes",
    "value",
    size=Statement(f"""
SELECT (SELECT sum(length(c.checkpoint) + length(c.metadata)) FROM threads JOIN checkpoints c USING (thread_id)
        WHERE {MINE})
     + coalesce((SELECT sum(length(w.value)) FROM threads JOIN writes w USING (thread_id) WHERE {MINE}), 0)
    AS size
"""),
)
STATEMENTS = checkpoint_statements("writes", "value", ("checkpoints", "writes"))
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
