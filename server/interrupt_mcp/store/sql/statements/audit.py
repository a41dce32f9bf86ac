"""Statements about the append-only record."""

from interrupt_mcp.store.sql.transaction import Statement

APPEND = Statement(
    """
INSERT INTO audit (at, project, event, run_id, thread_id, interrupt_id, detail, previous_hash, hash)
VALUES (:at, :project, :event, :run_id, :thread_id, :interrupt_id, :detail, :previous_hash, :hash)
""",
    of_everybody=True,
)
LAST_HASH = Statement("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", of_all_projects=True)
"""The chain goes through all projects of a database, so that none can be cut out of it."""
LISTED = Statement("SELECT * FROM audit WHERE seen(audit) AND seq > :position ORDER BY seq LIMIT :most")
OF_ALL = Statement("SELECT * FROM audit WHERE seq > :position ORDER BY seq LIMIT :most", of_all_projects=True)
LAST_BEFORE = Statement(
    "SELECT seq FROM audit WHERE project = :project AND at < :moment ORDER BY seq DESC LIMIT 1", of_everybody=True
)
AFTER = Statement("""
SELECT seq, event, run_id, thread_id, CASE WHEN seen(audit) THEN 1 ELSE 0 END AS seen
FROM audit WHERE project = :project AND seq > :position ORDER BY seq
""")
