"""Connections to a PostgreSQL server: how they are made, and what is said where they cannot be.

It knows no statement. Nothing that is said repeats a password.
"""

from typing import Any, TypeAlias

import psycopg
from psycopg.adapt import Buffer
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Format
from psycopg.rows import dict_row
from psycopg.types.bool import BoolDumper
from psycopg.types.string import StrDumperUnknown

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Error, Unavailable

Connection: TypeAlias = "psycopg.Connection[dict[str, Any]]"
SCHEMA = "interrupt_mcp"
"""The schema of the database in which all of ours is."""
OLDEST = 140000
"""The oldest server's version with which it works."""
PATH = f"SET LOCAL search_path TO {SCHEMA}"
SETTINGS = f"""
SET search_path TO {SCHEMA};
SET client_min_messages TO warning;
SET lock_timeout TO '10s';
SET idle_in_transaction_session_timeout TO '5s'
"""
"""A process that is stopped, or cut off, in the middle of a transaction gives up its locks after a while."""
_DEFAULTS = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "interrupt-mcp",
}


def arguments(url: str, *, pooled: bool = False) -> dict[str, Any]:
    """Return what a connection is made with; `pooled` is whether a pooler is between that keeps no session.

    Raises:
        Unavailable: the address is none.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error as error:
        # What libpq says of it repeats the address.
        raise Unavailable("The address of the database cannot be read; write postgresql://host/database") from error
    known = {**_DEFAULTS, **given, "autocommit": True, "row_factory": dict_row}
    return {**known, "prepare_threshold": None} if pooled else known


def prepare(connection: Connection) -> None:
    """Have a connection do as the store needs, for as long as it is open."""
    adapt(connection)
    connection.execute(SETTINGS)


def adapt(connection: Connection) -> None:
    """Have values be written as they are on SQLite: what is true is 1, and a text may be any."""
    connection.adapters.register_dumper(bool, _Number)
    connection.adapters.register_dumper(str, _Text)


def connect(address: PostgresServer) -> Connection:
    """Return a connection to the server itself.

    Raises:
        Unavailable: there is none.
    """
    try:
        connection = psycopg.connect(**arguments(address.straight))
        try:
            prepare(connection)
        except BaseException:
            connection.close()
            raise
    except psycopg.Error as error:
        raise unavailable(address, error) from error
    return connection


def unavailable(address: PostgresServer, error: BaseException) -> Error:
    """Return what whoever is at the database is told, in one sentence."""
    if isinstance(error, Error):
        return error
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return Unavailable(f"The database {address} cannot be used: {said}")


class _Number(BoolDumper):
    """Writes what is true as 1."""

    oid = 0

    def dump(self, obj: bool) -> Buffer:
        return b"1" if obj else b"0"

    def quote(self, obj: bool) -> Buffer:
        return self.dump(obj)


class _Text(StrDumperUnknown):
    """Writes text; PostgreSQL keeps none with the character 0, which no text of a person has."""

    format = Format.TEXT

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in obj else obj)
