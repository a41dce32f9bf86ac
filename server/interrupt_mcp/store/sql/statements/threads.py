"""Statements about threads."""

from interrupt_mcp.store.sql.transaction import Statement

ONE = Statement("SELECT * FROM threads WHERE seen(threads) AND thread_id = :thread_id", locks=True)
OWN = Statement("SELECT * FROM threads WHERE own(threads) AND thread_id = :thread_id", locks=True)
LENT = Statement("""
SELECT DISTINCT thread_id FROM deciders
WHERE project = :project AND name IN (:our_names) AND substr(thread_id, :beyond) = :name AND thread_id LIKE 't%~%'
""")
"""Threads that somebody else chose the name for, and that whoever asks is to decide something of."""
NAMED = Statement(
    "SELECT thread_id FROM threads WHERE seen(threads) AND substr(thread_id, :beyond) = :name AND thread_id LIKE 't%~%'"
)
OWNER = Statement("SELECT project FROM threads WHERE thread_id = :thread_id", of_all_projects=True)
"""Ids are the thread's in LangGraph's tables, so one that another project has is taken."""
ADD = Statement(
    "INSERT INTO threads (thread_id, project, principal, agent, approver, copied_from, created_at)"
    " VALUES (:thread_id, :project, :principal, :agent, :approver, :copied_from, :at) ON CONFLICT DO NOTHING"
)
SET_APPROVER = Statement(
    "UPDATE threads SET approver = :approver WHERE project = :project AND thread_id = :thread_id", of_everybody=True
)
ORIGINS = """
WITH RECURSIVE origins (thread_id) AS (
    SELECT thread_id FROM threads WHERE seen(threads) AND thread_id = :thread_id
    UNION SELECT t.copied_from FROM threads t JOIN origins ON t.thread_id = origins.thread_id
    WHERE t.copied_from IS NOT NULL
)
"""
"""The thread, and those that it was copied from. They are all one principal's."""
OLD = Statement(
    """
SELECT thread_id FROM threads t WHERE project = :project AND created_at < :before
AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.thread_id = t.thread_id
                AND (r.status IN ('pending', 'running', 'interrupted') OR r.updated_at >= :before))
AND thread_id NOT IN (SELECT copied_from FROM threads WHERE copied_from IS NOT NULL)
LIMIT :most
""",
    of_everybody=True,
)
"""Not one of which there is a copy: what people were asked about there counts for the copy."""
DELETE = Statement("DELETE FROM threads WHERE project = :project AND thread_id = :thread_id", of_everybody=True)
