"""Statements about tool calls that people were, or must be, asked about. Each function is a part of one transaction."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from interrupt_mcp.model import Call, Dialect, Question, Run
from interrupt_mcp.store.rows import effect_of

ADD = """
INSERT OR IGNORE INTO asked_calls (project, agent, thread_id, run_id, action, message_id, position, call_id, origin)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
PAUSED_AT = "SELECT * FROM effects WHERE run_id = ? AND langgraph_id = ?"
ORIGINS = """
WITH RECURSIVE origins (thread_id) AS (
    SELECT ?
    UNION SELECT t.copied_from FROM threads t JOIN origins USING (thread_id) WHERE t.copied_from IS NOT NULL
) SELECT thread_id FROM origins
"""
OF_THREAD = f"SELECT * FROM asked_calls WHERE thread_id IN ({ORIGINS})"
SEE = "INSERT INTO seen_tools (project, agent, tool) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
ASKS_TOO = """
INSERT INTO seen_tools (project, agent, tool, asks_too) VALUES (?, ?, ?, 1)
ON CONFLICT (project, agent, tool) DO UPDATE SET asks_too = 1
"""
SEEN = "SELECT tool, asks_too FROM seen_tools WHERE project = ? AND agent = ?"
NAMED = "SELECT DISTINCT action, origin FROM asked_calls WHERE project = ? AND agent = ? AND action IN ({})"


class Origin(StrEnum):
    """Who asked about a call, or that it was written into a state without anybody being asked."""

    TOOL = "tool"
    GATE = "gate"
    OUTSIDE = "outside"
    """A middleware, or a node before the tool: it does not ask again when a run goes on behind it."""
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class AskedCall:
    action: str
    message_id: str
    position: int
    call_id: str
    origin: Origin
    run_id: str


def add(conn: sqlite3.Connection, project: str, run: Run, langgraph_id: str, question: Question) -> None:
    """Keep which calls a question is about, or only their names where the calls themselves are not seen."""
    paused = [effect_of(row) for row in conn.execute(PAUSED_AT, (run.run_id, langgraph_id)).fetchall()]
    gated = [effect for effect in paused if effect.gated and not any(each.call.function for each in paused)]
    # What the gate asks is the first that is asked within the call.
    by_gate = any(len(effect.slots) == 1 for effect in gated)
    for effect in gated if not by_gate else ():
        conn.execute(ASKS_TOO, (project, run.agent, effect.call.name))
    for request in question.requests:
        if (call := request.call) is not None:
            origin = Origin.OUTSIDE if not call.ns else Origin.GATE if by_gate else Origin.TOOL
            _keep(conn, project, run, request.action, call, origin)
        elif question.dialect in (Dialect.MIDDLEWARE, Dialect.AGENT_INBOX):
            _keep(conn, project, run, request.action, Call("", "", 0, "", request.action, {}), Origin.OUTSIDE)


def add_written(conn: sqlite3.Connection, project: str, run: Run, written: Iterable[Call]) -> None:
    """Keep which calls somebody wrote into the state."""
    for call in written:
        _keep(conn, project, run, call.name, call, Origin.WRITTEN)


def asked_call_of(row: sqlite3.Row) -> AskedCall:
    return AskedCall(
        row["action"], row["message_id"], row["position"], row["call_id"], Origin(row["origin"]), row["run_id"]
    )


def named(names: Collection[str]) -> str:
    """The statement that finds which of the names were asked about, and by whom."""
    return NAMED.format(", ".join("?" * len(names)))


def _keep(conn: sqlite3.Connection, project: str, run: Run, action: str, call: Call, origin: Origin) -> None:
    place = (call.message_id, call.position, call.call_id)
    conn.execute(ADD, (project, run.agent, run.thread_id, run.run_id, action, *place, origin))
