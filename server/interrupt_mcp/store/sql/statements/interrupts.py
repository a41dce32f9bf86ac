"""Statements about interrupts and their decisions."""

from interrupt_mcp.model import Filters
from interrupt_mcp.store.sql.statements.runs import narrowest
from interrupt_mcp.store.sql.statements.threads import ORIGINS
from interrupt_mcp.store.sql.transaction import Statement

_OPEN = "status IN ('pending', 'unknown_outcome')"
_OF_RUN = "project || '' = :project AND run_id = :run_id"
"""Compared so that the index of the run is followed, and not that of all interrupts of the project."""
ONE = Statement("SELECT * FROM interrupts WHERE project = :project AND interrupt_id = :interrupt_id")
BY_CODE = Statement("SELECT * FROM interrupts WHERE project = :project AND code = :code ORDER BY seq DESC LIMIT 1")
BY_LANGGRAPH_ID = Statement("""
SELECT * FROM interrupts WHERE project || '' = :project AND thread_id = :thread_id AND langgraph_id = :langgraph_id
ORDER BY seq DESC LIMIT 1
""")
OF_RUN = Statement(f"SELECT * FROM interrupts WHERE {_OF_RUN} ORDER BY seq")
ASKED_AT = Statement("""
SELECT * FROM interrupts
WHERE project || '' = :project AND thread_id = :thread_id AND checkpoint_id IN (:checkpoint_ids) ORDER BY seq
""")
COUNT_OPEN = Statement(f"SELECT count(*) AS count FROM interrupts WHERE {_OF_RUN} AND {_OPEN}")
OPEN_ELSEWHERE = Statement(f"""
SELECT count(*) AS count FROM (
    SELECT 1 FROM interrupts WHERE project = :project AND {_OPEN} AND run_id <> :run_id LIMIT :most
) AS some
""")
ADD = Statement("""
INSERT INTO interrupts (interrupt_id, code, project, run_id, thread_id, agent, langgraph_id, status, question, digest,
                        created_at, checkpoint_id)
VALUES (:interrupt_id, '', :project, :run_id, :thread_id, :agent, :langgraph_id, :status, :question, :digest, :at, (
    SELECT max(checkpoint_id) FROM steps WHERE thread_id = :thread_id AND checkpoint_ns = ''
))
RETURNING seq
""")
SET_CODE = Statement("UPDATE interrupts SET code = :code WHERE project = :project AND interrupt_id = :interrupt_id")
SET_STATUS = Statement("""
UPDATE interrupts SET status = :status
WHERE project = :project AND interrupt_id = :interrupt_id AND status = :before
""")
TURN_ALL = Statement(f"UPDATE interrupts SET status = :status WHERE {_OF_RUN} AND status = :before")
DOUBT = Statement("""
UPDATE interrupts SET status = :status, round = round + 1, in_doubt = :in_doubt, delivered = 0
WHERE project = :project AND interrupt_id = :interrupt_id AND status = :before
""")
SET_DIGEST = Statement(
    "UPDATE interrupts SET digest = :digest WHERE project = :project AND interrupt_id = :interrupt_id"
)
DELIVER = Statement(f"""
UPDATE interrupts SET delivered = :reached
WHERE {_OF_RUN} AND langgraph_id = :langgraph_id AND status = 'decided'
""")
DELETE_OF_THREAD = Statement("DELETE FROM interrupts WHERE project = :project AND thread_id = :thread_id")

_OURS = "JOIN interrupts i ON i.interrupt_id = d.interrupt_id WHERE i.project || '' = :project"
DECISIONS = Statement(f"SELECT d.* FROM decisions d {_OURS} AND d.interrupt_id = :interrupt_id")
DECISIONS_OF_RUN = Statement(f"SELECT d.* FROM decisions d {_OURS} AND i.run_id = :run_id")
DECISION = Statement(f"{DECISIONS.sql} AND d.idx = :idx AND d.round = :round")
ADD_DECISION = Statement("""
INSERT INTO decisions (interrupt_id, idx, round, project, agent, action, type, body, args_digest, channel, who,
                       decided_at)
VALUES (:interrupt_id, :idx, :round, :project, :agent, :action, :type, :body, :args_digest, :channel, :who, :at)
""")
_MADE = """
SELECT d.*, i.code, i.agent, i.run_id, i.thread_id, i.question, e.status AS effect_status, e.error AS effect_error
FROM decisions d JOIN interrupts i ON i.interrupt_id = d.interrupt_id
LEFT JOIN effects e ON e.seq = (
    SELECT max(seq) FROM effects WHERE interrupt_id = d.interrupt_id AND idx = d.idx AND interrupt_id <> ''
)
WHERE d.project = :project
"""
_NEWEST_FIRST = "ORDER BY d.decided_at DESC, d.interrupt_id DESC, d.idx DESC, d.round DESC LIMIT :most"
MADE = Statement(f"{_MADE} {_NEWEST_FIRST}")
MADE_BEFORE = Statement(f"""
{_MADE} AND (d.decided_at, d.interrupt_id, d.idx, d.round) < (:at, :interrupt_id, :idx, :round) {_NEWEST_FIRST}
""")
MADE_ON = Statement(f"{_MADE} AND d.agent = :agent AND d.action = :action {_NEWEST_FIRST}")
COUNT_ALL_OPEN = Statement(f"""
SELECT count(*) AS count FROM (SELECT 1 FROM interrupts WHERE project = :project AND {_OPEN} LIMIT :most) AS some
""")
_DECIDED = f"""
{ORIGINS} SELECT DISTINCT i.code, i.checkpoint_id FROM interrupts i
JOIN decisions d ON d.interrupt_id = i.interrupt_id WHERE i.thread_id IN (SELECT thread_id FROM origins)
"""
DECIDED_EARLIER = Statement(f"{_DECIDED} AND i.checkpoint_id < :checkpoint_id ORDER BY i.checkpoint_id")
DECIDED_AT = Statement(f"{_DECIDED} AND i.checkpoint_id IN (:checkpoint_ids) ORDER BY i.checkpoint_id")
DELETE_DECISIONS_OF_THREAD = Statement("""
DELETE FROM decisions WHERE interrupt_id IN (
    SELECT interrupt_id FROM interrupts WHERE project = :project AND thread_id = :thread_id
)
""")


def listed(filters: Filters, *, after: bool) -> Statement:
    """Return the statement that lists open interrupts, oldest first, by an index that fits the filters."""
    where = [*narrowest(filters), _OPEN, *(["seq > :position"] if after else [])]
    return Statement(f"SELECT * FROM interrupts WHERE {' AND '.join(where)} ORDER BY seq LIMIT :most")
