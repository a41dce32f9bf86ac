"""The layout of the tables on a PostgreSQL server, by whichever process comes first, one at a time.

It knows the schema's versions, not what the tables mean.
"""

from importlib.resources import files

import psycopg

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.postgres import jobs
from interrupt_mcp.store.postgres.connections import OLDEST, PATH, SCHEMA, Connection, connect, unavailable
from interrupt_mcp.store.versions import SCHEMA_VERSION

_FIRST = 8
"""The version that the first script makes."""
_SCRIPTS = {_FIRST: ("langgraph.sql", "schema.sql", "jobs.sql")}
"""The scripts that make each version from the one before, the first from nothing."""
_KEY, _QUEUE_KEY = "schema", "procrastinate"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('interrupt_mcp layout', 0))"
_READ = f"SELECT value FROM {SCHEMA}.meta WHERE key = '{_KEY}'"
_KEEP = f"INSERT INTO {SCHEMA}.meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


def ensure(address: PostgresServer) -> None:
    """Lay the database out as this version has it, unless it is.

    Raises:
        Unavailable: the server cannot be reached or is too old, its schema is newer, or this user may not lay it out.
    """
    with connect(address) as connection:
        check_server(address, connection)
        try:
            if version_of(address, connection) == SCHEMA_VERSION:
                return
            with connection.transaction():
                _lay_out(address, connection)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Unavailable(
                f"The database {address} is not laid out, and its user may not do that;"
                " run `interrupt-mcp migrate` as one who may"
            ) from error
        except psycopg.Error as error:
            raise unavailable(address, error) from error


def check_server(address: PostgresServer, connection: Connection) -> None:
    """Check that the server is one that it works with.

    Raises:
        Unavailable: it is too old.
    """
    version = connection.info.server_version
    if version < OLDEST:
        raise Unavailable(
            f"The server of the database {address} is PostgreSQL {version // 10000}; use {OLDEST // 10000} or later"
        )


def version_at(address: PostgresServer) -> int:
    """Return the version in which the database is laid out; 0 where it is not.

    Raises:
        Unavailable: the server cannot be reached or is too old, the schema is newer, or this user may not read it.
    """
    with connect(address) as connection:
        check_server(address, connection)
        try:
            return version_of(address, connection)
        except psycopg.Error as error:
            raise unavailable(address, error) from error


def version_of(address: PostgresServer, connection: Connection) -> int:
    """Return the version in which the database is laid out; 0 where it is not.

    Raises:
        Unavailable: it is newer than this program's.
    """
    if (version := kept_version(connection)) > SCHEMA_VERSION:
        raise Unavailable(
            f"The database {address} has schema version {version}, newer than this program's {SCHEMA_VERSION};"
            " upgrade interrupt-mcp"
        )
    return version


def kept_version(connection: Connection) -> int:
    """Return the version in which the database is laid out, whichever it is; 0 where it is not."""
    try:
        row = connection.execute(_READ).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return 0
    return int(row["value"]) if row else 0


def _lay_out(address: PostgresServer, connection: Connection) -> None:
    connection.execute(_TURN)
    # Looked up, since whoever may not make schemas may not even make one that is there.
    if connection.execute("SELECT to_regnamespace(%s) AS found", [SCHEMA]).fetchone() == {"found": None}:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    connection.execute(PATH)
    version = _version_now(address, connection)
    for number in range(max(version + 1, _FIRST), SCHEMA_VERSION + 1):
        for name in _SCRIPTS[number]:
            connection.execute(_script(name).encode())
    connection.execute(_KEEP, [_KEY, str(SCHEMA_VERSION)])
    connection.execute(_KEEP, [_QUEUE_KEY, jobs.LAST_MIGRATION])


def _version_now(address: PostgresServer, connection: Connection) -> int:
    """Return the version within the transaction, in which an error would end it."""
    if connection.execute("SELECT to_regclass('meta') AS found").fetchone() == {"found": None}:
        return 0
    return version_of(address, connection)


def _script(name: str) -> str:
    if name == "jobs.sql":
        return jobs.schema()
    return files("interrupt_mcp.store.postgres").joinpath(name).read_text("utf-8")
