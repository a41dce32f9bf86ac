"""A server as this user finds it: what it is, how one gets there, and what of it will not do. It changes nothing."""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import psycopg

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.store.inspection import Server
from interrupt_mcp.store.postgres.connections import SCHEMA, Connection, arguments, connect, unavailable
from interrupt_mcp.store.postgres.layout import check_server, version_of
from interrupt_mcp.store.versions import SCHEMA_VERSION

_ABOUT = """
SELECT current_user AS name, clock_timestamp() AS now,
       has_database_privilege(current_database(), 'CREATE') AS lays_out,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS left_of_server,
       (SELECT CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit - (
           SELECT count(*) FROM pg_stat_activity WHERE usename = current_user) END
        FROM pg_roles WHERE rolname = current_user) AS left_of_role,
       (SELECT CASE WHEN datconnlimit < 0 THEN NULL ELSE datconnlimit - (
           SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) END
        FROM pg_database WHERE datname = current_database()) AS left_of_database
"""
_LACKING = """
SELECT relname AS name FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r' AND NOT (
    has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND (relname = 'audit' OR (
        has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))))
ORDER BY relname
"""
_LIVING = "SELECT count(*) AS living FROM owners WHERE lives_until > clock_timestamp()"
_CHECKED = ("verify-ca", "verify-full")


def look_at(address: PostgresServer) -> Server:
    """Return how the server is found.

    Raises:
        Unavailable: it cannot be reached or is too old, its schema is newer, or this user may not read it.
    """
    with connect(address) as connection:
        check_server(address, connection)
        try:
            return _found(address, connection)
        except psycopg.Error as error:
            raise unavailable(address, error) from error


def _found(address: PostgresServer, connection: Connection) -> Server:
    before = datetime.now(UTC)
    about = _one(connection, _ABOUT)
    after = datetime.now(UTC)
    schema = version_of(address, connection)
    kept = schema == SCHEMA_VERSION
    lacking = connection.execute(_LACKING, [SCHEMA]).fetchall() if schema else []
    number = connection.info.server_version
    left = [about[name] for name in ("left_of_server", "left_of_role", "left_of_database")]
    return Server(
        version=f"{number // 10000}.{number % 10000}",
        user=about["name"],
        local=_is_local(connection),
        encrypted=bool(connection.pgconn.ssl_in_use),
        checked=arguments(address.straight).get("sslmode") in _CHECKED,
        pooler=_leads_through_pooler(address),
        schema=schema,
        newest=SCHEMA_VERSION,
        lays_out=bool(about["lays_out"]),
        lacking=tuple(row["name"] for row in lacking),
        living=int(_one(connection, _LIVING)["living"]) if kept and not lacking else 0,
        ahead=(about["now"] - (before + (after - before) / 2)).total_seconds(),
        connections_left=min(each for each in left if each is not None),
    )


def _one(connection: Connection, statement: str) -> dict[str, Any]:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row


def _is_local(connection: Connection) -> bool:
    """Whether nothing of it leaves this machine."""
    host = connection.info.host
    if not host or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(connection.info.hostaddr or host).is_loopback
    except ValueError:
        return host == "localhost"


def _leads_through_pooler(address: PostgresServer) -> bool:
    """Whether the address is a pooler's: then what answers is another process than the one that let us in."""
    with psycopg.connect(**arguments(address.url, pooled=True)) as connection:
        row = connection.execute("SELECT pg_backend_pid() AS process").fetchone()
        return row is not None and row["process"] != connection.info.backend_pid
