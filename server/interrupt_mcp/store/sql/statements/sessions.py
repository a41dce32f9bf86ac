"""Statements about sessions at the pages, and the secrets that begin one."""

from interrupt_mcp.store.sql.transaction import Statement

OFFER = Statement("""
INSERT INTO sign_ins (hash, project, principal, opens, made_at, expires_at)
VALUES (:hash, :project, :principal, :opens, :at, :expires_at)
""")
LAST_OPENING = Statement(
    "SELECT made_at FROM sign_ins WHERE project = :project AND opens = 1 ORDER BY made_at DESC LIMIT 1"
)
TAKE = Statement("""
UPDATE sign_ins SET used_at = :at
WHERE project = :project AND hash = :hash AND used_at IS NULL AND expires_at > :at RETURNING principal
""")
FORGET = Statement("DELETE FROM sign_ins WHERE project = :project AND expires_at < :before")
BEGIN = Statement("""
INSERT INTO sessions (session_id, project, hash, principal, scopes, groups, token_hash, program, began_at, seen_at,
                      expires_at)
VALUES (:session_id, :project, :hash, :principal, :scopes, :groups, :token_hash, :program, :at, :at, :expires_at)
""")
_LIVING = "project = :project AND expires_at > :at"
FIND = Statement(f"SELECT * FROM sessions WHERE {_LIVING} AND hash = :hash")
SEEN = Statement("""
UPDATE sessions SET seen_at = :at, open_until = :open_until WHERE project = :project AND session_id = :session_id
""")
LISTED = Statement(f"SELECT * FROM sessions WHERE {_LIVING} ORDER BY began_at DESC, session_id DESC")
WITH_PAGE = Statement(f"SELECT 1 FROM sessions WHERE {_LIVING} AND open_until > :at LIMIT 1")
END = Statement("DELETE FROM sessions WHERE project = :project AND session_id = :session_id")
DELETE_ENDED = Statement("DELETE FROM sessions WHERE project = :project AND expires_at <= :at")
