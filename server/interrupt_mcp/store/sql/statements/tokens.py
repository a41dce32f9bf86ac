"""Statements about tokens, which are kept as hashes."""

from interrupt_mcp.store.sql.transaction import Statement

KEEP = Statement("""
INSERT INTO tokens (hash, project, name, scopes, made_at, expires_at)
VALUES (:hash, :project, :name, :scopes, :at, :expires_at)
""")
FIND = Statement("""
SELECT * FROM tokens
WHERE project = :project AND hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :at)
""")
USED = Statement("""
UPDATE tokens SET used_at = :at
WHERE project = :project AND hash = :hash AND (used_at IS NULL OR used_at < :before)
""")
LISTED = Statement("SELECT * FROM tokens WHERE project = :project ORDER BY name, made_at, hash")
REVOKE = Statement("""
UPDATE tokens SET revoked_at = :at WHERE project = :project AND name = :name AND revoked_at IS NULL RETURNING scopes
""")
END_SESSIONS = Statement("""
DELETE FROM sessions
WHERE project = :project AND token_hash IN (SELECT hash FROM tokens WHERE project = :project AND name = :name)
""")
