"""Statements about the tool calls that people were asked about. Each function is a part of one transaction."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from interrupt_mcp.model import Dialect, Question

ADD = """
INSERT OR IGNORE INTO asked_calls (project, agent, thread_id, run_id, action, message_id, position, call_id, by_tool)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
BY_GATE = "SELECT 1 FROM effects WHERE run_id = ? AND langgraph_id = ? AND gated"
ORIGINS = """
WITH RECURSIVE origins (thread_id) AS (
    SELECT ?
    UNION SELECT t.copied_from FROM threads t JOIN origins USING (thread_id) WHERE t.copied_from IS NOT NULL
) SELECT thread_id FROM origins
"""
OF_OTHER_RUNS = f"SELECT * FROM asked_calls WHERE thread_id IN ({ORIGINS}) AND run_id <> ?"
BY_OTHERS_THAN_TOOLS = """
SELECT DISTINCT action FROM asked_calls WHERE project = ? AND agent = ? AND NOT by_tool AND action IN ({})
"""


@dataclass(frozen=True, slots=True)
class AskedCall:
    """A tool call that a person was asked about, and whether the tool itself asked, as it would do again."""

    action: str
    message_id: str
    position: int
    call_id: str
    by_tool: bool


def add(conn: sqlite3.Connection, project: str, run: sqlite3.Row, langgraph_id: str, question: Question) -> None:
    """Keep which calls a question is about, or only their names where the calls themselves are not seen."""
    by_gate = conn.execute(BY_GATE, (run["run_id"], langgraph_id)).fetchone() is not None
    for request in question.requests:
        if (call := request.call) is not None:
            place, by_tool = (call.message_id, call.position, call.call_id), bool(call.ns) and not by_gate
        elif question.dialect in (Dialect.MIDDLEWARE, Dialect.AGENT_INBOX):
            place, by_tool = ("", 0, ""), False
        else:
            continue
        conn.execute(ADD, (project, run["agent"], run["thread_id"], run["run_id"], request.action, *place, by_tool))


def asked_call_of(row: sqlite3.Row) -> AskedCall:
    return AskedCall(row["action"], row["message_id"], row["position"], row["call_id"], bool(row["by_tool"]))


def not_by_tools(names: Collection[str]) -> str:
    """The statement that finds which of the names were asked about by something outside the tool."""
    return BY_OTHERS_THAN_TOOLS.format(", ".join("?" * len(names)))
