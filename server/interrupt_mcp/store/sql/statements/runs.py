"""Statements about runs."""

from functools import cache

from interrupt_mcp.model import Filters
from interrupt_mcp.store.sql.transaction import Statement

ONE = Statement("SELECT * FROM runs WHERE project = :project AND run_id = :run_id")
BY_IDEMPOTENCY_KEY = Statement("SELECT * FROM runs WHERE project = :project AND idempotency_key = :idempotency_key")
_OF_THREAD = "project || '' = :project AND thread_id = :thread_id"
"""Compared so that the index of the thread is followed, and not that of all runs of the project."""
ACTIVE = Statement(f"SELECT * FROM runs WHERE {_OF_THREAD} AND status IN ('pending', 'running', 'interrupted')")
LAST = Statement(f"SELECT run_id, status, epoch FROM runs WHERE {_OF_THREAD} ORDER BY seq DESC LIMIT 1")
BEFORE = Statement(f"SELECT status FROM runs WHERE {_OF_THREAD} AND seq < :seq ORDER BY seq DESC LIMIT 1")
OF_THREAD = Statement(f"SELECT run_id FROM runs WHERE {_OF_THREAD} ORDER BY seq DESC")
SOME_OF_THREAD = Statement(f"SELECT 1 FROM runs WHERE {_OF_THREAD} LIMIT :most")
ADD = Statement("""
INSERT INTO runs (run_id, project, thread_id, agent, agent_digest, status, input, effects_left, context,
                  breakpoints, idempotency_key, request_digest, owner, started_by, created_at, updated_at)
VALUES (:run_id, :project, :thread_id, :agent, :agent_digest, :status, :input, :effects_left, :context,
        :breakpoints, :idempotency_key, :request_digest, :owner, :started_by, :at, :at)
""")
IN_FLIGHT = Statement("""
SELECT run_id, owner FROM runs WHERE project = :project AND status IN ('pending', 'running') ORDER BY owner, seq
""")
TAKEN = Statement("""
SELECT run_id FROM runs WHERE project = :project AND run_id IN (:run_ids) AND (status = 'cancelled' OR owner <> :owner)
""")
"""Those of the runs that this owner is no longer to drive."""
FENCE = Statement("SELECT 1 FROM runs WHERE project = :project AND run_id = :run_id AND epoch = :epoch")
FENCE_DRIVING = Statement(f"{FENCE.sql} AND status = 'running'")
SET_AGENT = Statement("UPDATE runs SET agent_digest = :agent_digest WHERE project = :project AND run_id = :run_id")
CONTEXT_AT = Statement("""
SELECT context FROM runs WHERE project = :project AND run_id = (
    SELECT run_id FROM steps WHERE thread_id = :thread_id AND checkpoint_ns = '' AND checkpoint_id = :checkpoint_id
)
""")
DELETE_OF_THREAD = Statement("DELETE FROM runs WHERE project = :project AND thread_id = :thread_id")


@cache
def turn(*columns: str) -> Statement:
    """Return the statement that moves a run from the status `before` to `status`, and sets these columns with it."""
    names = ", ".join(f"{name} = :{name}" for name in ("status", "updated_at", *columns))
    return Statement(f"UPDATE runs SET {names} WHERE project = :project AND run_id = :run_id AND status = :before")


def listed(filters: Filters, *, after: bool) -> Statement:
    """Return the statement that lists runs, newest first, by an index that fits the filters."""
    where = narrowest(filters) + (["seq < :position"] if after else [])
    return Statement(f"SELECT * FROM runs WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT :most")


def narrowest(filters: Filters) -> list[str]:
    """Return conditions on the filtered columns, so that the index of the narrowest of them is followed.

    Left to itself SQLite would take that of the widest.
    """
    columns = ["project", *filters.given]
    narrow = next((name for name in ("run_id", "thread_id") if name in columns), None)
    return [f"{name} = :{name}" if narrow in (None, name) else f"{name} || '' = :{name}" for name in columns]
