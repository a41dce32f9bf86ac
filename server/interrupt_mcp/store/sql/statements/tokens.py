"""Statements about tokens, which are kept as hashes."""

from interrupt_mcp.store.sql.transaction import Statement

KEEP = Statement(
    """
INSERT INTO tokens (hash, project, name, scopes, made_at, expires_at)
VALUES (:hash, :project, :name, :scopes, :at, :expires_at)
""",
    of_everybody=True,
)
FIND = Statement(
    """
SELECT * FROM tokens
WHERE project = :project AND hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :at)
""",
    of_everybody=True,
)
USED = Statement(
    """
UPDATE tokens SET used_at = :at
WHERE project = :project AND hash = :hash AND (used_at IS NULL OR used_at < :before)
""",
    of_everybody=True,
)
LISTED = Statement("SELECT * FROM tokens WHERE project = :project ORDER BY name, made_at, hash", of_everybody=True)
REVOKE = Statement(
    """
UPDATE tokens SET revoked_at = :at WHERE project = :project AND name = :name AND revoked_at IS NULL RETURNING scopes
""",
    of_everybody=True,
)
END_SESSIONS = Statement(
    """
DELETE FROM sessions
WHERE project = :project AND token_hash IN (SELECT hash FROM tokens WHERE project = :project AND name = :name)
""",
    of_everybody=True,
)
