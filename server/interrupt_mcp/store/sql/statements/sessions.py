"""Statements about sessions at the pages, the secrets that begin one, and sessions that clients ended."""

from interrupt_mcp.store.sql.transaction import Statement

OFFER = Statement(
    """
INSERT INTO sign_ins (hash, project, principal, opens, made_at, expires_at)
VALUES (:hash, :project, :whose, :opens, :at, :expires_at)
""",
    of_everybody=True,
)
LAST_OPENING = Statement(
    "SELECT made_at FROM sign_ins WHERE project = :project AND opens = 1 ORDER BY made_at DESC LIMIT 1",
    of_everybody=True,
)
TAKE = Statement(
    """
UPDATE sign_ins SET used_at = :at
WHERE project = :project AND hash = :hash AND used_at IS NULL AND expires_at > :at RETURNING principal
""",
    of_everybody=True,
)
FORGET = Statement("DELETE FROM sign_ins WHERE project = :project AND expires_at < :before", of_everybody=True)
BEGIN = Statement(
    """
INSERT INTO sessions (session_id, project, hash, principal, scopes, groups, token_hash, program, began_at, seen_at,
                      expires_at)
VALUES (:session_id, :project, :hash, :whose, :scopes, :groups, :token_hash, :program, :at, :at, :expires_at)
""",
    of_everybody=True,
)
_LIVING = "project = :project AND expires_at > :at"
_OWN = "held(sessions) AND expires_at > :at"
FIND = Statement(f"SELECT * FROM sessions WHERE {_LIVING} AND hash = :hash", of_everybody=True)
SEEN = Statement(
    """
UPDATE sessions SET seen_at = :at, open_until = :open_until WHERE project = :project AND session_id = :session_id
""",
    of_everybody=True,
)
LISTED = Statement(f"SELECT * FROM sessions WHERE {_OWN} ORDER BY began_at DESC, session_id DESC")
WITH_PAGE = Statement(f"SELECT 1 FROM sessions WHERE {_OWN} AND open_until > :at LIMIT 1")
END = Statement("DELETE FROM sessions WHERE own(sessions) AND session_id = :session_id")
DELETE_ENDED = Statement("DELETE FROM sessions WHERE project = :project AND expires_at <= :at", of_everybody=True)
END_OF_CLIENT = Statement(
    "INSERT INTO ended_sessions (hash, project, until) VALUES (:hash, :project, :until) ON CONFLICT DO NOTHING",
    of_everybody=True,
)
ENDED_BY_CLIENT = Statement(
    "SELECT 1 FROM ended_sessions WHERE project = :project AND hash = :hash AND until > :at", of_everybody=True
)
FORGET_OF_CLIENTS = Statement("DELETE FROM ended_sessions WHERE project = :project AND until <= :at", of_everybody=True)
