"""Statements about runs."""

from collections.abc import Sequence
from functools import cache

from interrupt_mcp.model import Filters
from interrupt_mcp.store.sql.transaction import Statement

ONE = Statement("SELECT * FROM runs WHERE seen(runs) AND run_id = :run_id", locks=True)
OWN = Statement("SELECT * FROM runs WHERE own(runs) AND run_id = :run_id", locks=True)
BY_IDEMPOTENCY_KEY = Statement("""
SELECT * FROM runs WHERE project = :project AND principal = :principal AND idempotency_key = :idempotency_key
""")
_OF_THREAD = "seen(runs) AND thread_id = :thread_id"
ACTIVE = Statement(
    f"SELECT * FROM runs WHERE {_OF_THREAD} AND status IN ('pending', 'running', 'interrupted')", locks=True
)
LAST = Statement(f"SELECT run_id, status, epoch FROM runs WHERE {_OF_THREAD} ORDER BY seq DESC LIMIT 1")
BEFORE = Statement(
    "SELECT status FROM runs"
    " WHERE project || '' = :project AND thread_id = :thread_id AND seq < :seq ORDER BY seq DESC LIMIT 1",
    of_everybody=True,
)
OF_THREAD = Statement(f"SELECT run_id FROM runs WHERE {_OF_THREAD} ORDER BY seq DESC")
SOME_OF_THREAD = Statement(f"SELECT 1 FROM runs WHERE {_OF_THREAD} LIMIT :most")
ADD = Statement("""
INSERT INTO runs (run_id, project, principal, thread_id, agent, agent_digest, status, input, effects_left, context,
                  breakpoints, idempotency_key, request_digest, owner, started_by, created_at, updated_at)
VALUES (:run_id, :project, :principal, :thread_id, :agent, :agent_digest, :status, :input, :effects_left, :context,
        :breakpoints, :idempotency_key, :request_digest, :owner, :started_by, :at, :at)
""")
IN_FLIGHT = Statement(
    """
SELECT run_id, owner, agent, status, epoch, deaths, begun_epoch FROM runs
WHERE project = :project AND status IN ('pending', 'running') ORDER BY owner, seq
""",
    of_everybody=True,
)
STANDING = Statement("""
SELECT run_id, owner, agent, status, epoch, deaths, begun_epoch FROM runs
WHERE seen(runs) AND run_id = :run_id AND status IN ('pending', 'running')
""")
RELEASE = Statement(
    """
UPDATE runs SET owner = :nobody
WHERE project = :project AND owner = :owner AND status IN ('pending', 'running')
""",
    of_everybody=True,
)
TAKEN = Statement(
    """
SELECT run_id FROM runs WHERE project = :project AND run_id IN (:run_ids) AND (status = 'cancelled' OR owner <> :owner)
""",
    of_everybody=True,
)
"""Those of the runs that this owner is no longer to drive."""
GOING_ON = Statement(
    """
SELECT run_id FROM runs WHERE project = :project AND run_id IN (:run_ids) AND status = 'running'
""",
    of_everybody=True,
)
_DRIVEN = """
FROM runs WHERE project = :project AND run_id = :run_id AND epoch = :epoch AND owner IN (:owner, :nobody)
"""
# A claim that a crash of the server took back leaves its epoch to the next one.
FENCE = Statement(f"SELECT 1 {_DRIVEN}", of_everybody=True, locks=True)
FENCE_DRIVING = Statement(f"SELECT 1 {_DRIVEN} AND status = 'running'", of_everybody=True, locks=True)
SET_AGENT = Statement(
    "UPDATE runs SET agent_digest = :agent_digest WHERE project = :project AND run_id = :run_id", of_everybody=True
)
SET_BEGUN = Statement(
    "UPDATE runs SET begun_epoch = :epoch WHERE project = :project AND run_id = :run_id", of_everybody=True
)
CONTEXT_AT = Statement("""
SELECT context FROM runs WHERE seen(runs) AND run_id = (
    SELECT run_id FROM steps WHERE thread_id = :thread_id AND checkpoint_ns = '' AND checkpoint_id = :checkpoint_id
)
""")
USAGE = Statement("""
SELECT sum(CASE WHEN status = 'interrupted' THEN 0 ELSE 1 END) AS driven,
       sum(CASE WHEN status = 'interrupted' THEN 1 ELSE 0 END) AS waiting
FROM runs
WHERE project = :project AND principal = :principal AND status IN ('pending', 'running', 'interrupted')
""")
DELETE_OF_THREAD = Statement(
    "DELETE FROM runs WHERE project || '' = :project AND thread_id = :thread_id", of_everybody=True
)


@cache
def turn(*columns: str) -> Statement:
    """Return the statement that moves a run from the status `before` to `status`, and sets these columns with it."""
    names = ", ".join(f"{name} = :{name}" for name in ("status", "updated_at", *columns))
    sql = f"UPDATE runs SET {names} WHERE project = :project AND run_id = :run_id AND status = :before"
    return Statement(sql, of_everybody=True)


def listed(filters: Filters, *, after: bool) -> Statement:
    """Return the statement that lists runs, newest first, by an index that fits the filters."""
    return of_seen("runs", filters, ["seq < :position"] if after else [], "seq DESC")


def of_seen(table: str, filters: Filters, where: Sequence[str], order: str) -> Statement:
    """Return the statement that lists what is seen, in one order, so that the narrowest index is followed.

    Left to itself SQLite would take the widest.
    """
    narrow = next((name for name in ("run_id", "thread_id") if name in filters.given), None)
    # Of one run or thread there is little; else one's own, and what is lent, are each found by an index of theirs.
    parts = ("held", "lent") if narrow is None else ("seen",)
    wanted = [f"{name} = :{name}" if narrow in (None, name) else f"{name} || '' = :{name}" for name in filters.given]
    found = (
        f"SELECT * FROM (SELECT * FROM {table} WHERE {' AND '.join(each)} ORDER BY {order} LIMIT :most) AS {part}"
        for part, each in ((part, [f"{part}({table})", *wanted, *where]) for part in parts)
    )
    return Statement(f"{' UNION ALL '.join(found)} ORDER BY {order} LIMIT :most")
