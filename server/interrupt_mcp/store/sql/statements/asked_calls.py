"""Statements about tool calls that people were asked about, and tools that were seen to pass the gate."""

from interrupt_mcp.store.sql.statements.threads import ORIGINS
from interrupt_mcp.store.sql.transaction import Statement

ADD = Statement(
    """
INSERT INTO asked_calls (project, agent, thread_id, run_id, action, message_id, position, call_id, origin)
VALUES (:project, :agent, :thread_id, :run_id, :action, :message_id, :position, :call_id, :origin)
ON CONFLICT DO NOTHING
""",
    of_everybody=True,
)
OF_THREAD = Statement(f"""
{ORIGINS} SELECT * FROM asked_calls a WHERE thread_id IN (SELECT thread_id FROM origins)
AND EXISTS (SELECT 1 FROM runs r WHERE r.run_id = a.run_id AND seen(runs r))
""")
NAMED = Statement(
    "SELECT DISTINCT action, origin FROM asked_calls"
    " WHERE project = :project AND agent = :agent AND action IN (:names)",
    of_everybody=True,
)
DELETE_OF_THREAD = Statement(
    """
DELETE FROM asked_calls WHERE project = :project AND thread_id = :thread_id AND EXISTS (
    SELECT 1 FROM asked_calls o WHERE o.project = asked_calls.project AND o.agent = asked_calls.agent
    AND o.action = asked_calls.action AND o.origin = asked_calls.origin AND o.seq > asked_calls.seq)
""",
    of_everybody=True,
)
"""But the last of each tool: that people were ever asked about it is known for good."""
SEE_TOOL = Statement(
    "INSERT INTO seen_tools (project, agent, tool) VALUES (:project, :agent, :tool) ON CONFLICT DO NOTHING",
    of_everybody=True,
)
SEE_IT_ASK = Statement(
    """
INSERT INTO seen_tools (project, agent, tool, asks_too) VALUES (:project, :agent, :tool, 1)
ON CONFLICT (project, agent, tool) DO UPDATE SET asks_too = 1
""",
    of_everybody=True,
)
SEEN_TOOLS = Statement(
    "SELECT tool, asks_too FROM seen_tools WHERE project = :project AND agent = :agent", of_everybody=True
)
