"""Statements about threads and runs. Each function is a part of one transaction."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interrupt_mcp import authority
from interrupt_mcp.errors import (
    IdempotencyConflict,
    InvalidInput,
    RunFinished,
    ThreadBusy,
    ThreadInterrupted,
    UnknownRun,
)
from interrupt_mcp.model import Approver, JsonObject, RunId, RunStatus, ThreadId, lifecycle
from interrupt_mcp.model.lifecycle import RunEvent
from interrupt_mcp.store import effects
from interrupt_mcp.store.rows import dump, now

RUN = "SELECT * FROM runs WHERE project = ? AND run_id = ?"
BY_IDEMPOTENCY_KEY = "SELECT * FROM runs WHERE project = ? AND idempotency_key = ?"
THREAD = "SELECT * FROM threads WHERE thread_id = ?"
ADD_THREAD = "INSERT INTO threads (thread_id, project, agent, approver, created_at) VALUES (?, ?, ?, ?, ?)"
HEAD = "SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''"
ACTIVE = "SELECT * FROM runs WHERE thread_id = ? AND status IN ('pending', 'running', 'interrupted')"
ADD = """
INSERT INTO runs (run_id, project, thread_id, agent, agent_digest, status, input, context, idempotency_key,
                  request_digest, owner, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?)
"""
RUN_BEFORE = "SELECT status FROM runs WHERE thread_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1"
LAST = "SELECT run_id, updated_at FROM runs WHERE thread_id = ? ORDER BY seq DESC LIMIT 1"
IN_FLIGHT = """
SELECT run_id, owner FROM runs WHERE project = ? AND status IN ('pending', 'running') ORDER BY owner, seq
"""
FENCE = "SELECT 1 FROM runs WHERE run_id = ? AND epoch = ?"
FENCE_DRIVING = "SELECT 1 FROM runs WHERE run_id = ? AND epoch = ? AND status = 'running'"
_FOR_GOOD = (RunEvent.FINISHED, RunEvent.CANCELLED)
"""After these a run goes on no more."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run as it was asked for. `request_digest` covers all that an idempotency key stands for."""

    run_id: RunId
    thread_id: ThreadId
    agent: str
    input: JsonObject
    request_digest: str
    agent_digest: str = ""
    context: JsonObject | None = None
    idempotency_key: str | None = None
    approver: Approver = Approver.HUMAN
    """Who approves, for what policy and whoever begins it say; the thread may be stricter."""
    tried_on: str | None = None
    """The thread's latest checkpoint when the input was tried on its state, empty for none; `None` if it was not."""


class Moved(Exception):
    """The thread went on since the input was tried on its state: it must be tried again."""


class Fenced(Exception):
    """The run was taken over, or ended: this driver must stop and write nothing more."""


def one(conn: sqlite3.Connection, project: str, run_id: str) -> sqlite3.Row:
    """
    Raises:
        UnknownRun: the project has no such run.
    """
    row: sqlite3.Row | None = conn.execute(RUN, (project, run_id)).fetchone()
    if row is None:
        raise UnknownRun(f"There is no run {run_id!r}")
    return row


def same_request(conn: sqlite3.Connection, project: str, new: NewRun) -> RunId | None:
    """The run that the same idempotency key started.

    Raises:
        IdempotencyConflict: with other arguments.
    """
    if new.idempotency_key is None:
        return None
    row = conn.execute(BY_IDEMPOTENCY_KEY, (project, new.idempotency_key)).fetchone()
    return None if row is None else same(row, new)


def same(row: sqlite3.Row, new: NewRun) -> RunId:
    """The run with the same idempotency key.

    Raises:
        IdempotencyConflict: it was started with other arguments.
    """
    if row["request_digest"] != new.request_digest:
        raise IdempotencyConflict(f"idempotency_key {new.idempotency_key!r} started run {row['run_id']} with others")
    return RunId(row["run_id"])


def enter_thread(conn: sqlite3.Connection, project: str, new: NewRun) -> Approver:
    """Make the thread, or check that this run may start on it; who may accept or edit there from now on.

    Raises:
        InvalidInput: it is a thread of another agent.
        ThreadBusy: a run is going on there.
        ThreadInterrupted: a run waits there for a decision.
        Moved: the thread is not as it was when the input was tried.
    """
    thread = conn.execute(THREAD, (new.thread_id,)).fetchone()
    if thread is None:
        _refuse_moved(conn, new)
        conn.execute(ADD_THREAD, (new.thread_id, project, new.agent, new.approver, now()))
        return new.approver
    if thread["project"] != project:
        raise InvalidInput(f"thread_id {new.thread_id!r} is taken; choose another")
    if thread["agent"] != new.agent:
        raise InvalidInput(f"Thread {new.thread_id} is a thread of agent {thread['agent']!r}, not {new.agent!r}")
    refuse_active(conn, new.thread_id)
    _refuse_moved(conn, new)
    return tighten(conn, thread, new.approver)


def tighten(conn: sqlite3.Connection, thread: sqlite3.Row, approver: Approver) -> Approver:
    """Who approves on the thread from now on, where a run begins with this approver: never a weaker one than before."""
    kept = Approver(thread["approver"])
    strictest = authority.strictest(kept, approver)
    if strictest is not kept:
        conn.execute("UPDATE threads SET approver = ? WHERE thread_id = ?", (strictest, thread["thread_id"]))
    return strictest


def _refuse_moved(conn: sqlite3.Connection, new: NewRun) -> None:
    if new.tried_on is not None and (conn.execute(HEAD, (new.thread_id,)).fetchone()[0] or "") != new.tried_on:
        raise Moved(new.thread_id)


def refuse_active(conn: sqlite3.Connection, thread_id: str) -> None:
    """
    Raises:
        ThreadBusy, ThreadInterrupted: a run of the thread is not finished.
    """
    active = conn.execute(ACTIVE, (thread_id,)).fetchone()
    if active is None:
        return
    if active["status"] == RunStatus.INTERRUPTED:
        raise ThreadInterrupted(f"Run {active['run_id']} on thread {thread_id} waits for a decision")
    raise ThreadBusy(f"Run {active['run_id']} is going on on thread {thread_id}")


def refuse_older(conn: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    """
    Raises:
        RunFinished: the run is not its thread's last.
    """
    last = conn.execute(LAST, (row["thread_id"],)).fetchone()
    if last["run_id"] != row["run_id"]:
        raise RunFinished(f"Run {row['run_id']} failed, and its thread went on with run {last['run_id']}")


def add(conn: sqlite3.Connection, project: str, owner: str, new: NewRun) -> None:
    at = now()
    context = None if new.context is None else dump(new.context)
    conn.execute(
        ADD,
        (
            *(new.run_id, project, new.thread_id, new.agent, new.agent_digest, dump(new.input), context),
            *(new.idempotency_key, new.request_digest, owner, at, at),
        ),
    )


def starts_clean(conn: sqlite3.Connection, row: Mapping[str, Any]) -> bool:
    """Whether the run was not driven yet, and its thread is new or its last run came to its end."""
    if row["epoch"]:
        return False
    before = conn.execute(RUN_BEFORE, (row["thread_id"], row["seq"])).fetchone()
    if before is not None:
        return bool(before["status"] == RunStatus.SUCCESS)
    return conn.execute("SELECT 1 FROM checkpoints WHERE thread_id = ?", (row["thread_id"],)).fetchone() is None


def turn(conn: sqlite3.Connection, run_id: str, event: RunEvent, **columns: str | int | float | None) -> bool:
    """Move the run by an event, if it is possible in its status, and set columns with it."""
    moved = False
    for before in lifecycle.runs_before(event):
        sets = {"status": lifecycle.run_after(before, event), "updated_at": now(), **columns}
        names = ", ".join(f"{name} = ?" for name in sets)
        cursor = conn.execute(
            f"UPDATE runs SET {names} WHERE run_id = ? AND status = ?", (*sets.values(), run_id, before)
        )
        if cursor.rowcount:
            moved = True
            break
    if moved and event in _FOR_GOOD:
        effects.drop_undecided(conn, run_id)
    return moved


def fence(conn: sqlite3.Connection, run_id: str, epoch: int, *, driving: bool = True) -> None:
    """
    Raises:
        Fenced: the epoch is no longer the run's, or (with `driving`) the run is not running.
    """
    if conn.execute(FENCE_DRIVING if driving else FENCE, (run_id, epoch)).fetchone() is None:
        raise Fenced(run_id)


def lost(run_ids: Sequence[str], owner: str) -> tuple[str, Sequence[object]]:
    """The statement that finds which of the runs that this owner drives are no longer to be driven by it."""
    places = ", ".join("?" * len(run_ids))
    sql = f"SELECT run_id FROM runs WHERE run_id IN ({places}) AND (status = 'cancelled' OR owner <> ?)"
    return sql, (*run_ids, owner)


def by_narrowest(columns: Iterable[str]) -> list[str]:
    """Conditions on the columns, of which SQLite uses an index only for the narrowest: it would take the widest.

    What has a plus before it is compared row by row.
    """
    columns = list(columns)
    narrow = next((name for name in ("run_id", "thread_id") if name in columns), None)
    return [f"{'' if narrow in (None, name) else '+'}{name} = ?" for name in columns]


def listed(project: str, filters: dict[str, str], before: int | None, limit: int) -> tuple[str, Iterable[object]]:
    """The statement that lists runs, newest first, by an index that fits the filters."""
    values: list[object] = [project, *filters.values()]
    where = by_narrowest(["project", *filters])
    if before is not None:
        where.append("seq < ?")
        values.append(before)
    return f"SELECT * FROM runs WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?", [*values, limit]
