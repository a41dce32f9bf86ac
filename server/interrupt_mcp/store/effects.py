"""Statements about effect records. Each function is a part of one transaction."""

import sqlite3
from collections.abc import Iterable

from interrupt_mcp.model import Effect, EffectStatus, Run
from interrupt_mcp.store import audit
from interrupt_mcp.store.rows import call_body, dump, effect_of, now

OF_RUN = "SELECT * FROM effects WHERE run_id = ? ORDER BY seq"
SET = """
INSERT INTO effects (thread_id, run_id, key, call, status, slots, subgraphs, langgraph_id, interrupt_id, idx, args,
                     result_type, result, error, attempt, gated, epoch, started_at, ended_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, key) DO UPDATE SET
    status = excluded.status, slots = excluded.slots, subgraphs = excluded.subgraphs,
    langgraph_id = excluded.langgraph_id, interrupt_id = excluded.interrupt_id, idx = excluded.idx,
    args = excluded.args, result_type = excluded.result_type, result = excluded.result, error = excluded.error,
    attempt = excluded.attempt, epoch = excluded.epoch,
    started_at = coalesce(excluded.started_at, started_at), ended_at = excluded.ended_at
"""
FORGET = "DELETE FROM effects WHERE run_id = ? AND key = ?"
UNDECIDED = "DELETE FROM effects WHERE run_id = ? AND interrupt_id = ''"
LEFT_OPEN = "UPDATE effects SET status = 'unknown', ended_at = ? WHERE run_id = ? AND status = 'started'"

_AUDITED = {
    EffectStatus.STARTED: "effect_started",
    EffectStatus.DONE: "effect_done",
    EffectStatus.FAILED: "effect_failed",
    EffectStatus.UNKNOWN: "effect_unknown",
}


def of_run(conn: sqlite3.Connection, run_id: str) -> tuple[Effect, ...]:
    """All records of the run, oldest first."""
    return tuple(effect_of(row) for row in conn.execute(OF_RUN, (run_id,)).fetchall())


def put(conn: sqlite3.Connection, project: str, run: Run, epoch: int, effect: Effect) -> None:
    """Write the record as it is now, and tell the audit what ran under a decision."""
    at = now()
    started = effect.status is EffectStatus.STARTED
    kind, result = effect.result or (None, None)
    conn.execute(
        SET,
        (
            *(run.thread_id, run.run_id, effect.call.key, dump(call_body(effect.call)), effect.status),
            *(dump(effect.slots), dump(effect.subgraphs), effect.langgraph_id, effect.interrupt_id, effect.index),
            *(None if effect.args is None else dump(effect.args), kind, result, effect.error, effect.attempt),
            effect.gated,
            *(epoch, at if started else None, None if started else at),
        ),
    )
    if effect.interrupt_id and (event := _AUDITED.get(effect.status)):
        audit.append(
            conn,
            project,
            event,
            run_id=run.run_id,
            thread_id=run.thread_id,
            interrupt_id=effect.interrupt_id,
            index=effect.index,
            action=effect.call.name,
            args=effect.args,
            error=effect.error or None,
        )


def forget(conn: sqlite3.Connection, run_id: str, keys: Iterable[str]) -> None:
    """The calls with these keys are made again where they come again."""
    conn.executemany(FORGET, [(run_id, key) for key in keys])


def drop_undecided(conn: sqlite3.Connection, run_id: str) -> None:
    """The run is over: what nobody decided on is told to nobody, and comes to the gate no more."""
    conn.execute(UNDECIDED, (run_id,))


def left_open(conn: sqlite3.Connection, run_id: str) -> None:
    """What was started by a driver that ended without settling it is unknown."""
    conn.execute(LEFT_OPEN, (now(), run_id))
