"""The store's own secret on a PostgreSQL server: random, made once, the same for all that share the store."""

import secrets

import psycopg

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.store.postgres.connections import connect, unavailable

READ = "SELECT value FROM meta WHERE key = 'secret'"
_KEEP = "INSERT INTO meta (key, value) VALUES ('secret', %s) ON CONFLICT DO NOTHING"
_BYTES = 32


def secret_of(address: PostgresServer) -> str:
    """Return the secret of the database there, made now where it has none.

    Raises:
        Unavailable: the database cannot be used, or is not laid out.
    """
    return kept_secret(address) or _made(address)


def kept_secret(address: PostgresServer) -> str | None:
    """Return the secret of the database there; `None` where it has none yet.

    Raises:
        Unavailable: the database cannot be used, or is not laid out.
    """
    with connect(address) as connection:
        try:
            row = connection.execute(READ).fetchone()
        except psycopg.Error as error:
            raise unavailable(address, error) from error
        return None if row is None else str(row["value"])


def _made(address: PostgresServer) -> str:
    with connect(address) as connection:
        try:
            # Whichever process is first makes it for all.
            connection.execute(_KEEP, [secrets.token_hex(_BYTES)])
        except psycopg.Error as error:
            raise unavailable(address, error) from error
    return kept_secret(address) or _made(address)
