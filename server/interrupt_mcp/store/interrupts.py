"""Statements about interrupts and their decisions. Each function is a part of one transaction."""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interrupt_mcp.errors import AlreadyDecided, Superseded, UnknownInterrupt
from interrupt_mcp.model import (
    Channel,
    Decision,
    DecisionType,
    Interrupt,
    InterruptId,
    InterruptStatus,
    JsonObject,
    Question,
    Run,
    interrupt_digest,
    lifecycle,
)
from interrupt_mcp.model.lifecycle import InterruptEvent
from interrupt_mcp.store import asked_calls, audit
from interrupt_mcp.store.rows import decision_body, decision_of, dump, interrupt_of, interrupts_of, now, question_body
from interrupt_mcp.store.runs import by_narrowest

OF_RUN = "SELECT * FROM interrupts WHERE run_id = ? ORDER BY seq"
ONE = "SELECT * FROM interrupts WHERE project = ? AND interrupt_id = ?"
BY_CODE = "SELECT * FROM interrupts WHERE project = ? AND code = ? ORDER BY seq DESC LIMIT 1"
BY_LANGGRAPH_ID = "SELECT * FROM interrupts WHERE thread_id = ? AND langgraph_id = ? ORDER BY seq DESC LIMIT 1"
DECISIONS = "SELECT * FROM decisions WHERE interrupt_id = ?"
DECISIONS_OF_RUN = """
SELECT d.* FROM interrupts i JOIN decisions d ON d.interrupt_id = i.interrupt_id WHERE i.run_id = ?
"""
DECISION = "SELECT * FROM decisions WHERE interrupt_id = ? AND idx = ? AND round = ?"
ADD = """
INSERT INTO interrupts (interrupt_id, code, project, run_id, thread_id, agent, langgraph_id, status, question, digest,
                        created_at, checkpoint_id)
VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, (
    SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''
))
"""
ADD_DECISION = """
INSERT INTO decisions (interrupt_id, idx, round, type, body, args_digest, channel, who, decided_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
DOUBT = """
UPDATE interrupts SET status = 'unknown_outcome', round = round + 1, in_doubt = ?, delivered = 0
WHERE interrupt_id = ? AND status IN ('decided', 'applied')
"""
OPEN = "('pending', 'unknown_outcome')"
OPEN_ELSEWHERE = f"""
SELECT count(*) FROM (SELECT 1 FROM interrupts WHERE project = ? AND status IN {OPEN} AND run_id <> ? LIMIT ?)
"""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that was checked, and the request it is for."""

    interrupt_id: InterruptId
    round: int
    decision: Decision
    action: str
    args_digest: str | None = None
    args_before: JsonObject | None = None
    """What the agent asked for."""


def code_of(number: int) -> str:
    """A short name like `A7` for the number-th interrupt of a store, without letters and digits that look alike."""
    number, letter = divmod(number, len(_LETTERS))
    digits = ""
    while True:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
        if number == 0:
            return _LETTERS[letter] + digits
        number -= 1


def ask(conn: sqlite3.Connection, project: str, run: Run, langgraph_id: str, question: Question) -> InterruptId | None:
    """Ask a person, unless that question is open already."""
    last = conn.execute(BY_LANGGRAPH_ID, (run.thread_id, langgraph_id)).fetchone()
    if last is not None and InterruptStatus(last["status"]).open and last["run_id"] == run.run_id:
        return None
    (number,) = conn.execute("SELECT coalesce(max(seq), 0) FROM interrupts").fetchone()
    name = f"{run.thread_id}\n{langgraph_id}\n{number if last is not None else ''}"
    interrupt_id = InterruptId(hashlib.sha256(name.encode()).hexdigest()[:32])
    code = code_of(number)
    digest = interrupt_digest(run.agent, run.thread_id, interrupt_id, question.requests, question.value)
    conn.execute(
        ADD,
        (
            *(interrupt_id, code, project, run.run_id, run.thread_id, run.agent, langgraph_id),
            *(dump(question_body(question)), digest, now(), run.thread_id),
        ),
    )
    asked_calls.add(conn, project, run, langgraph_id, question)
    audit.append(
        conn,
        project,
        "asked",
        run_id=run.run_id,
        thread_id=run.thread_id,
        interrupt_id=interrupt_id,
        code=code,
        dialect=question.dialect,
        digest=digest,
        requests=[{"action": r.action, "args": r.args} for r in question.requests],
    )
    return interrupt_id


def choose(conn: sqlite3.Connection, project: str, choice: Choice, channel: Channel, who: str) -> bool:
    """Keep one decision. Whether it is new: the same one again changes nothing.

    Raises:
        AlreadyDecided: another decision was first.
        Superseded: the interrupt is no longer open.
    """
    row = conn.execute(ONE, (project, choice.interrupt_id)).fetchone()
    if row is None:
        raise UnknownInterrupt(f"There is no interrupt {choice.interrupt_id}")
    decision = choice.decision
    first = conn.execute(DECISION, (choice.interrupt_id, decision.index, choice.round)).fetchone()
    if first is not None:
        if decision_of(first).same_as(decision):
            return False
        raise AlreadyDecided(described(row["code"], first))
    if not InterruptStatus(row["status"]).open or row["round"] != choice.round:
        raise Superseded(f"Interrupt {row['code']} is {row['status']}")
    body = decision_body(decision)
    conn.execute(
        ADD_DECISION,
        (
            *(choice.interrupt_id, decision.index, choice.round, decision.type, dump(body)),
            *(choice.args_digest, channel, who, now()),
        ),
    )
    audit.append(
        conn,
        project,
        "decided",
        run_id=row["run_id"],
        thread_id=row["thread_id"],
        interrupt_id=choice.interrupt_id,
        code=row["code"],
        index=decision.index,
        action=choice.action,
        type=decision.type,
        channel=channel,
        who=who,
        digest=row["digest"],
        digest_shown=decision.digest,
        args_digest=choice.args_digest,
        args_before=choice.args_before,
        **body,
    )
    settle(conn, row)
    return True


def reject(conn: sqlite3.Connection, project: str, row: sqlite3.Row, channel: Channel, who: str) -> None:
    """Reject each request of the interrupt that is open and can be rejected."""
    interrupt = read(conn, row)
    for request in interrupt.undecided:
        if DecisionType.REJECT in request.allowed:
            decision = Decision(DecisionType.REJECT, request.index)
            choice = Choice(interrupt.interrupt_id, interrupt.round, decision, request.action)
            choose(conn, project, choice, channel, who)


def settle(conn: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Mark the interrupt decided once each of its requests is."""
    interrupt = read(conn, row)
    if not interrupt.undecided:
        after = lifecycle.interrupt_after(interrupt.status, InterruptEvent.DECIDED)
        conn.execute("UPDATE interrupts SET status = ? WHERE interrupt_id = ?", (after, interrupt.interrupt_id))


def of_run(conn: sqlite3.Connection, run_id: str) -> tuple[Interrupt, ...]:
    """All interrupts of the run, oldest first."""
    rows = conn.execute(OF_RUN, (run_id,)).fetchall()
    return interrupts_of(rows, conn.execute(DECISIONS_OF_RUN, (run_id,)).fetchall() if rows else ())


def read(conn: sqlite3.Connection, row: sqlite3.Row) -> Interrupt:
    return interrupt_of(row, conn.execute(DECISIONS, (row["interrupt_id"],)).fetchall())


def described(code: str, decision: sqlite3.Row) -> str:
    """Who decided what, when and by which channel, as a sentence."""
    return (
        f"Interrupt {code}, request {decision['idx']}, was decided before: {decision['type']} by {decision['who']}"
        f" through {decision['channel']} at {decision['decided_at']}"
    )


def turn_all(conn: sqlite3.Connection, run_id: str, event: InterruptEvent) -> None:
    """Move all interrupts of a run by an event, where it is possible."""
    for before in lifecycle.interrupts_before(event):
        conn.execute(
            "UPDATE interrupts SET status = ? WHERE run_id = ? AND status = ?",
            (lifecycle.interrupt_after(before, event), run_id, before),
        )


def doubt(conn: sqlite3.Connection, project: str, run: Run, interrupt_id: str, indices: Iterable[int]) -> None:
    """Ask again about requests whose outcome nobody knows."""
    indices = sorted(indices)
    conn.execute(DOUBT, (dump(indices), interrupt_id))
    asked = read(conn, conn.execute(ONE, (project, interrupt_id)).fetchone())
    digest = interrupt_digest(asked.agent, asked.thread_id, interrupt_id, asked.wanted, asked.question.value)
    conn.execute("UPDATE interrupts SET digest = ? WHERE interrupt_id = ?", (digest, interrupt_id))
    audit.append(
        conn,
        project,
        "outcome_unknown",
        run_id=run.run_id,
        thread_id=run.thread_id,
        interrupt_id=interrupt_id,
        requests=indices,
    )


def open_in(conn: sqlite3.Connection, run_id: str) -> int:
    count: int = conn.execute(
        f"SELECT count(*) FROM interrupts WHERE run_id = ? AND status IN {OPEN}", (run_id,)
    ).fetchone()[0]
    return count


def listed(project: str, filters: dict[str, str], after: int | None, limit: int) -> tuple[str, Sequence[object]]:
    """The statement that lists open interrupts, oldest first, by an index that fits the filters."""
    values: list[object] = [project, *filters.values()]
    where = [*by_narrowest(["project", *filters]), f"status IN {OPEN}"]
    if after is not None:
        where.append("seq > ?")
        values.append(after)
    return f"SELECT * FROM interrupts WHERE {' AND '.join(where)} ORDER BY seq LIMIT ?", [*values, limit]
