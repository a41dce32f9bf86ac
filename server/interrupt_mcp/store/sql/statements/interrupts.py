"""Statements about interrupts and their decisions."""

from interrupt_mcp.model import Filters
from interrupt_mcp.store.sql.statements.runs import of_seen
from interrupt_mcp.store.sql.statements.threads import ORIGINS
from interrupt_mcp.store.sql.transaction import Statement

_OPEN = "status IN ('pending', 'unknown_outcome')"
_OF_RUN = "project || '' = :project AND run_id = :run_id"
"""Compared so that the index of the run is followed, and not that of all interrupts of the project."""
ONE = Statement("SELECT * FROM interrupts WHERE seen(interrupts) AND interrupt_id = :interrupt_id")
OWN = Statement("SELECT * FROM interrupts WHERE own(interrupts) AND interrupt_id = :interrupt_id")
TO_DECIDE = Statement("""
SELECT interrupts.*, CASE WHEN theirs(interrupts) THEN 1 ELSE 0 END AS theirs
FROM interrupts WHERE seen(interrupts) AND interrupt_id = :interrupt_id
""")
BY_CODE = Statement(
    "SELECT * FROM interrupts WHERE project = :project AND seen(interrupts) AND code = :code ORDER BY seq DESC LIMIT 1"
)
BY_LANGGRAPH_ID = Statement("""
SELECT * FROM interrupts WHERE seen(interrupts) AND thread_id = :thread_id AND langgraph_id = :langgraph_id
ORDER BY seq DESC LIMIT 1
""")
OF_RUN = Statement("SELECT * FROM interrupts WHERE seen(interrupts) AND run_id = :run_id ORDER BY seq")
ALL_OF_RUN = Statement(f"SELECT * FROM interrupts WHERE {_OF_RUN} ORDER BY seq", of_everybody=True)
"""For the driver, whoever decided: of those that are not seen, too."""
ASKED_AT = Statement("""
SELECT * FROM interrupts
WHERE seen(interrupts) AND thread_id = :thread_id AND checkpoint_id IN (:checkpoint_ids) ORDER BY seq
""")
COUNT_OPEN = Statement(f"SELECT count(*) AS count FROM interrupts WHERE {_OF_RUN} AND {_OPEN}", of_everybody=True)


def _counted(*where: str) -> Statement:
    """Return the statement that counts open interrupts, to `most` of one's own and of those that are lent."""
    own, lent = (
        f"(SELECT count(*) FROM (SELECT 1 FROM interrupts WHERE {' AND '.join(each)} LIMIT :most) AS few)"
        for each in ([part, _OPEN, *where] for part in ("held(interrupts)", "lent(interrupts)"))
    )
    return Statement(f"SELECT {own} + {lent} AS count")


OPEN_ELSEWHERE = _counted("run_id <> :run_id")
COUNT_ALL_OPEN = _counted()
ADD = Statement(
    """
INSERT INTO interrupts (interrupt_id, code, project, principal, run_id, thread_id, agent, langgraph_id, status,
                        question, digest, created_at, checkpoint_id)
VALUES (:interrupt_id, '', :project, (SELECT principal FROM runs WHERE run_id = :run_id), :run_id, :thread_id, :agent,
        :langgraph_id, :status, :question, :digest, :at, (
    SELECT max(checkpoint_id) FROM steps WHERE thread_id = :thread_id AND checkpoint_ns = ''
))
RETURNING seq
""",
    of_everybody=True,
)
_ITS = "project = :project AND interrupt_id = :interrupt_id"
SET_CODE = Statement(f"UPDATE interrupts SET code = :code WHERE {_ITS}", of_everybody=True)
SET_STATUS = Statement(f"UPDATE interrupts SET status = :status WHERE {_ITS} AND status = :before", of_everybody=True)
TURN_ALL = Statement(f"UPDATE interrupts SET status = :status WHERE {_OF_RUN} AND status = :before", of_everybody=True)
DOUBT = Statement(
    f"""
UPDATE interrupts SET status = :status, round = round + 1, in_doubt = :in_doubt, delivered = 0
WHERE {_ITS} AND status = :before
""",
    of_everybody=True,
)
SET_DIGEST = Statement(f"UPDATE interrupts SET digest = :digest WHERE {_ITS}", of_everybody=True)
DELIVER = Statement(
    f"""
UPDATE interrupts SET delivered = :reached
WHERE {_OF_RUN} AND langgraph_id = :langgraph_id AND status = 'decided'
""",
    of_everybody=True,
)
_OF_THREAD = "project || '' = :project AND thread_id = :thread_id"
DELETE_OF_THREAD = Statement(f"DELETE FROM interrupts WHERE {_OF_THREAD}", of_everybody=True)

NAME_DECIDER = Statement(
    """
INSERT INTO deciders (project, name, interrupt_id, run_id, thread_id)
VALUES (:project, :name, :interrupt_id, :run_id, :thread_id) ON CONFLICT DO NOTHING
""",
    of_everybody=True,
)
DECIDERS = Statement("""
SELECT d.name FROM deciders d JOIN interrupts i ON i.interrupt_id = d.interrupt_id
WHERE own(interrupts i) AND d.interrupt_id = :interrupt_id
""")
FORGET_DECIDERS = Statement(f"DELETE FROM deciders WHERE {_ITS}", of_everybody=True)
DELETE_DECIDERS_OF_THREAD = Statement(f"DELETE FROM deciders WHERE {_OF_THREAD}", of_everybody=True)

_JOINED = "JOIN interrupts i ON i.interrupt_id = d.interrupt_id"
_SEEN = f"SELECT d.* FROM decisions d {_JOINED} WHERE seen(interrupts i)"
DECISIONS = Statement(f"{_SEEN} AND d.interrupt_id = :interrupt_id")
DECISIONS_OF_RUN = Statement(f"{_SEEN} AND i.run_id = :run_id")
ALL_DECISIONS_OF_RUN = Statement(
    f"SELECT d.* FROM decisions d {_JOINED} WHERE i.project || '' = :project AND i.run_id = :run_id",
    of_everybody=True,
)
ADD_DECISION = Statement(
    """
INSERT INTO decisions (interrupt_id, idx, round, project, principal, agent, action, type, body, args_digest, channel,
                       who, decided_at)
VALUES (:interrupt_id, :idx, :round, :project,
        (SELECT principal FROM interrupts WHERE interrupt_id = :interrupt_id),
        :agent, :action, :type, :body, :args_digest, :channel, :who, :at)
""",
    of_everybody=True,
)
_NEWEST_FIRST = "decided_at DESC, interrupt_id DESC, idx DESC, round DESC LIMIT :most"


def _made(*where: str) -> Statement:
    """Return the statement that lists decisions that were made, newest first."""
    parts = (
        f"""SELECT * FROM (
SELECT d.*, i.code, i.run_id, i.thread_id, i.question, e.status AS effect_status, e.error AS effect_error
FROM decisions d {_JOINED} LEFT JOIN effects e ON e.seq = (
    SELECT max(seq) FROM effects WHERE interrupt_id = d.interrupt_id AND idx = d.idx AND interrupt_id <> ''
)
WHERE {" AND ".join([part, *where])}
ORDER BY d.decided_at DESC, d.interrupt_id DESC, d.idx DESC, d.round DESC LIMIT :most
) AS {name}"""
        for part, name in (("held(decisions d)", "a"), ("lent(decisions d)", "b"))
    )
    return Statement(f"{' UNION ALL '.join(parts)} ORDER BY {_NEWEST_FIRST}")


MADE = _made()
MADE_BEFORE = _made("(d.decided_at, d.interrupt_id, d.idx, d.round) < (:at, :interrupt_id, :idx, :round)")
MADE_ON = _made("d.agent = :agent", "d.action = :action")
_DECIDED = f"""
{ORIGINS} SELECT DISTINCT i.code, i.checkpoint_id FROM interrupts i
JOIN decisions d ON d.interrupt_id = i.interrupt_id
WHERE i.thread_id IN (SELECT thread_id FROM origins) AND seen(interrupts i)
"""
DECIDED_EARLIER = Statement(f"{_DECIDED} AND i.checkpoint_id < :checkpoint_id ORDER BY i.checkpoint_id")
DECIDED_AT = Statement(f"{_DECIDED} AND i.checkpoint_id IN (:checkpoint_ids) ORDER BY i.checkpoint_id")
DELETE_DECISIONS_OF_THREAD = Statement(
    """
DELETE FROM decisions WHERE interrupt_id IN (
    SELECT interrupt_id FROM interrupts WHERE project || '' = :project AND thread_id = :thread_id
)
""",
    of_everybody=True,
)


def listed(filters: Filters, *, after: bool) -> Statement:
    """Return the statement that lists open interrupts, oldest first, by an index that fits the filters."""
    return of_seen("interrupts", filters, [_OPEN, *(["seq > :position"] if after else [])], "seq")
