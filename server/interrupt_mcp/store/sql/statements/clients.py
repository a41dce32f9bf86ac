"""Statements about the clients that called."""

from interrupt_mcp.store.sql.transaction import Statement

KEEP = Statement(
    """
INSERT INTO clients (project, client_id, name, version, protocol, over, declared, seen_at)
VALUES (:project, :client_id, :name, :version, :protocol, :over, :declared, :at)
ON CONFLICT (project, client_id) DO UPDATE SET seen_at = :at
""",
    of_everybody=True,
)
FORGET = Statement(
    """
DELETE FROM clients WHERE project = :project AND client_id IN (
    SELECT client_id FROM clients WHERE project = :project
    ORDER BY seen_at DESC, client_id DESC LIMIT :at_once OFFSET :most
)
""",
    of_everybody=True,
)
LISTED = Statement(
    "SELECT * FROM clients WHERE project = :project ORDER BY seen_at DESC, client_id DESC LIMIT :most",
    of_everybody=True,
)
