"""A PostgreSQL database, looked at without changing it, laying it out, or being in the way of those who use it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn, TypeVar

import psycopg

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.inspection import Condition, Counts
from interrupt_mcp.store.postgres.connections import SCHEMA, Connection, connect, prepare, unavailable
from interrupt_mcp.store.postgres.database import Database
from interrupt_mcp.store.postgres.layout import check_server, kept_version
from interrupt_mcp.store.postgres.secret import READ
from interrupt_mcp.store.postgres.store import PostgresStore
from interrupt_mcp.store.postgres.transactions import Open
from interrupt_mcp.store.records import NOBODY, Reach
from interrupt_mcp.store.versions import SCHEMA_VERSION

T = TypeVar("T")
_KIND = "postgresql"
_ONLY_READS = "SET default_transaction_read_only TO on"
_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS size
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'm')
"""
_COUNTS = """
SELECT (SELECT count(*) FROM runs WHERE project = %(project)s) AS runs,
       (SELECT count(*) FROM threads WHERE project = %(project)s) AS threads,
       (SELECT count(*) FROM audit) AS entries
"""


@contextmanager
def inspecting(address: PostgresServer) -> "Iterator[InspectedServer]":
    """Look at the database, within this context.

    Raises:
        Unavailable: the server cannot be reached or is too old, or does not let this user look.
    """
    condition = _look(address, _condition)
    database = _ReadOnly(address)
    try:
        yield InspectedServer(database, condition)
    finally:
        database.close()


def size_of(address: PostgresServer) -> int:
    """Return how many bytes all that is ours takes there.

    Raises:
        Unavailable: it cannot be asked.
    """
    return _look(address, _size)


class InspectedServer:
    """See `store.inspection.Inspected`."""

    def __init__(self, database: "_ReadOnly", condition: Condition) -> None:
        self.condition = condition
        self._database = database

    def store(self, reach: Reach) -> PostgresStore:
        return PostgresStore(self._database, reach, NOBODY)

    def counts(self, reach: Reach) -> Counts:
        (row,) = self._database.find(_COUNTS, {"project": reach.project})
        return Counts(row["runs"], row["threads"], row["entries"])

    def secret(self) -> str | None:
        rows = self._database.find(READ)
        return str(rows[0]["value"]) if rows else None


class _ReadOnly(Database):
    """A database that is only read."""

    def __init__(self, address: PostgresServer) -> None:
        self._open(replace(address, url=address.straight, direct=""), _prepare)

    def submit(self, unit: Callable[[Open], T], *, soon: bool = True, line: object = None) -> Future[T]:
        del unit, soon, line
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Unavailable(f"The database {self.address} is only looked at")


def _prepare(connection: Connection) -> None:
    prepare(connection)
    connection.execute(_ONLY_READS)


def _look(address: PostgresServer, look: Callable[[Connection], T]) -> T:
    with connect(address) as connection:
        try:
            connection.execute(_ONLY_READS)
            check_server(address, connection)
            return look(connection)
        except psycopg.Error as error:
            raise unavailable(address, error) from error


def _size(connection: Connection) -> int:
    row = connection.execute(_SIZE, [SCHEMA]).fetchone()
    return int(row["size"]) if row else 0


def _condition(connection: Connection) -> Condition:
    return Condition(_size(connection), kept_version(connection), SCHEMA_VERSION, _KIND, None)
