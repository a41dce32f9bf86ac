"""Statements about effect records, each of which belongs to a run."""

from interrupt_mcp.store.sql.statements.threads import ORIGINS
from interrupt_mcp.store.sql.transaction import Statement

_OURS = "JOIN runs r ON r.run_id = e.run_id WHERE r.project || '' = :project"
_SEEN = "JOIN runs r ON r.run_id = e.run_id WHERE seen(runs r)"
_OF_OUR_RUN = "run_id = (SELECT run_id FROM runs WHERE project = :project AND run_id = :run_id)"
OF_RUN = Statement(f"SELECT e.* FROM effects e {_SEEN} AND e.run_id = :run_id ORDER BY e.seq")
ALL_OF_RUN = Statement(f"SELECT e.* FROM effects e {_OURS} AND e.run_id = :run_id ORDER BY e.seq", of_everybody=True)
PAUSED_AT = Statement(
    f"SELECT e.* FROM effects e {_OURS} AND e.run_id = :run_id AND e.langgraph_id = :langgraph_id", of_everybody=True
)
DECIDED_OF_THREAD = Statement(f"""
{ORIGINS} SELECT * FROM effects e
WHERE thread_id IN (SELECT thread_id FROM origins) AND interrupt_id <> '' AND status <> 'paused'
AND EXISTS (SELECT 1 FROM runs r WHERE r.run_id = e.run_id AND seen(runs r)) ORDER BY seq
""")
SET = Statement(
    """
INSERT INTO effects (thread_id, run_id, key, call, status, slots, subgraphs, langgraph_id, interrupt_id, idx, args,
                     result_type, result, error, attempt, gated, epoch, started_at, ended_at)
VALUES (:thread_id, :run_id, :key, :call, :status, :slots, :subgraphs, :langgraph_id, :interrupt_id, :idx, :args,
        :result_type, :result, :error, :attempt, :gated, :epoch, :started_at, :ended_at)
ON CONFLICT (run_id, key) DO UPDATE SET
    status = excluded.status, slots = excluded.slots, subgraphs = excluded.subgraphs,
    langgraph_id = excluded.langgraph_id, interrupt_id = excluded.interrupt_id, idx = excluded.idx,
    args = excluded.args, result_type = excluded.result_type, result = excluded.result, error = excluded.error,
    attempt = excluded.attempt, epoch = excluded.epoch,
    started_at = coalesce(excluded.started_at, effects.started_at), ended_at = excluded.ended_at
""",
    of_all_projects=True,  # of a run whose epoch was compared in the same transaction
)
FORGET = Statement(f"DELETE FROM effects WHERE {_OF_OUR_RUN} AND key = :key", of_everybody=True)
FORGET_UNDECIDED = Statement(f"DELETE FROM effects WHERE {_OF_OUR_RUN} AND interrupt_id = ''", of_everybody=True)
ABANDON = Statement(
    f"UPDATE effects SET status = 'unknown', ended_at = :at WHERE {_OF_OUR_RUN} AND status = 'started'",
    of_everybody=True,
)
"""What was started by a driver that ended without settling it."""
DELETE_OF_THREAD = Statement(
    """
DELETE FROM effects WHERE run_id IN (SELECT run_id FROM runs WHERE project || '' = :project AND thread_id = :thread_id)
""",
    of_everybody=True,
)
