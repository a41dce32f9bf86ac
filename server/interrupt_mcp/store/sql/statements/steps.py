"""Statements that read LangGraph's checkpoints and writes, through the views `steps` and `step_writes`."""

from interrupt_mcp.store.sql.transaction import Statement

_OURS = "thread_id = (SELECT thread_id FROM threads WHERE seen(threads) AND thread_id = :thread_id)"
_OWN = f"{_OURS} AND checkpoint_ns = ''"
"""Of the thread's own graph."""
ONE = Statement(f"""
SELECT checkpoint_ns FROM steps WHERE {_OURS} AND checkpoint_id = :checkpoint_id ORDER BY checkpoint_ns LIMIT 1
""")
ANY = Statement(f"SELECT 1 FROM steps WHERE {_OURS} LIMIT 1")
HEAD = Statement(f"SELECT max(checkpoint_id) AS head FROM steps WHERE {_OWN}")
STANDING = Statement(f"""
SELECT (SELECT max(checkpoint_id) FROM steps WHERE {_OURS}) AS newest,
       (SELECT count(*) FROM step_writes WHERE {_OURS}) AS writes
""")
"""How far the thread has got, in graphs within its graph as well."""
OWN = Statement(f"SELECT checkpoint_id, parent_checkpoint_id FROM steps WHERE {_OWN} ORDER BY checkpoint_id")
UP = Statement(f"""
WITH RECURSIVE up (id, parent, source, run, depth) AS (
    SELECT checkpoint_id, parent_checkpoint_id, source, run_id, 0
    FROM steps WHERE {_OWN} AND checkpoint_id = :checkpoint_id
    UNION ALL
    SELECT s.checkpoint_id, s.parent_checkpoint_id, s.source, s.run_id, up.depth + 1
    FROM up JOIN steps s
    ON s.thread_id = :thread_id AND s.checkpoint_ns = '' AND s.checkpoint_id = up.parent
) SELECT * FROM up ORDER BY depth
""")
"""The checkpoint, and those that led to it, the nearest first."""
LATER = Statement(f"""
SELECT checkpoint_id AS id, '' AS source, run_id AS run FROM steps WHERE {_OWN} AND checkpoint_id >= :checkpoint_id
""")
TASKS = Statement(f"SELECT DISTINCT task_id, checkpoint_id FROM step_writes WHERE {_OWN}")
LAST_SEEN = Statement(f"""
SELECT max(checkpoint_id) AS last FROM steps
WHERE {_OWN} AND EXISTS (SELECT 1 FROM runs WHERE runs.run_id = steps.run_id AND seen(runs))
""")
LAST_OF_RUNS = Statement(f"""
SELECT run_id AS run, max(checkpoint_id) AS last FROM steps WHERE {_OWN} AND run_id IS NOT NULL GROUP BY run_id
""")
ALL = Statement(f"""
SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, run_id, source FROM steps WHERE {_OURS}
ORDER BY checkpoint_id
""")
ASKED = Statement(f"""
SELECT DISTINCT checkpoint_id FROM step_writes WHERE {_OURS} AND channel = '__interrupt__'
""")
