"""The database on the server that is filled: in one transaction, so that all of it is there or nothing.

It does not know where rows come from.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.postgres.connections import SCHEMA, Connection, connect, unavailable
from interrupt_mcp.store.records import Chain
from interrupt_mcp.store.sql.transactions.audit import followed

_SETTINGS = """
SET LOCAL idle_in_transaction_session_timeout TO 0;
SET LOCAL timezone TO 'UTC';
SET LOCAL synchronous_commit TO on
"""
_AUDITS_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('interrupt_mcp audit', 0))"
_LIVING = "SELECT count(*) AS living FROM owners WHERE lives_until > clock_timestamp()"
_COLUMNS = """
SELECT table_name, column_name, is_identity = 'YES' AS numbers FROM information_schema.columns
WHERE table_schema = %s AND table_name IN (SELECT table_name FROM information_schema.tables
    WHERE table_schema = %s AND table_type = 'BASE TABLE')
"""
_KEY, _SECRET = "moved_from", "secret"
_READ = "SELECT value FROM meta WHERE key = %s"
_KEEP = "INSERT INTO meta (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_KEEP_NEW = "INSERT INTO meta (key, value) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_NUMBER = "SELECT setval(pg_get_serial_sequence(%s, 'seq'), GREATEST(%s, 1), %s > 0)"
_HINTS = ("clients", "ended_sessions", "seen_tools", "sign_ins")
"""What a server that nobody used yet may have kept, and nothing is lost with."""
_MUST_BE_EMPTY = (
    "threads",
    "runs",
    "interrupts",
    "tokens",
    "sessions",
    "audit",
    "checkpoints",
    "checkpoint_writes",
    "store",
)
_BATCH = 1000


@contextmanager
def filling(address: PostgresServer) -> "Iterator[Target]":
    """Have a transaction in which nobody else changes the database; it is kept at the end of the context.

    Raises:
        Unavailable: the database cannot be used, or others use it.
    """
    with connect(address) as connection:
        try:
            with connection.transaction():
                connection.execute(_SETTINGS)
                connection.execute(_AUDITS_TURN)
                _lock(connection)
                yield Target(address, connection)
        except psycopg.errors.LockNotAvailable as error:
            raise Unavailable(f"Others change the database {address} just now; end the servers that use it") from error
        except psycopg.Error as error:
            raise unavailable(address, error) from error


class Target:
    """The database, within the transaction."""

    def __init__(self, address: PostgresServer, connection: Connection) -> None:
        self._address = address
        self._connection = connection
        self._columns: dict[str, dict[str, bool]] = {}
        for row in connection.execute(_COLUMNS, [SCHEMA, SCHEMA]):
            self._columns.setdefault(row["table_name"], {})[row["column_name"]] = row["numbers"]

    def moved(self) -> Mapping[str, Any] | None:
        """Return what the move that filled the database left word of; `None` where none did."""
        row = self._connection.execute(_READ, [_KEY]).fetchone()
        return None if row is None else json.loads(row["value"])

    def make_room(self) -> None:
        """See to it that nothing is in the database, and nobody uses it.

        Raises:
            Unavailable: something is, or somebody does.
        """
        living = self._connection.execute(_LIVING).fetchone()
        if living is not None and living["living"]:
            raise Unavailable(f"{living['living']} servers use the database {self._address}; end them first")
        for table in _MUST_BE_EMPTY:
            if self._connection.execute(_of("SELECT 1 FROM {} LIMIT 1", table)).fetchone() is not None:
                raise Unavailable(
                    f"The database {self._address} already has something in its table {table}, and a file is moved as"
                    " a whole into an empty one, so that its record stays one chain; make another: createdb NAME"
                )
        for table in _HINTS:
            if table in self._columns:
                self._connection.execute(_of("DELETE FROM {}", table))

    def check(self, table: str, columns: Iterable[str]) -> None:
        """Check that the table is there with these columns.

        Raises:
            Unavailable: it is not.
        """
        lacking = set(columns) - set(self._columns.get(table, ()))
        if lacking:
            names = ", ".join(sorted(lacking))
            raise Unavailable(f"The database {self._address} has no place for {names} of {table}")

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add the rows."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def number_on(self, table: str, highest: int) -> None:
        """Have the table's numbers go on behind the highest."""
        if self._columns.get(table, {}).get("seq"):
            self._connection.execute(_NUMBER, [f"{SCHEMA}.{table}", highest, highest])

    def keep_meta(self, values: Mapping[str, str]) -> None:
        """Keep what is there once for all. The secret takes the place of one that a server made which nobody used."""
        for key, value in values.items():
            self._connection.execute(_KEEP if key == _SECRET else _KEEP_NEW, [key, value])

    def leave_word(self, said: Mapping[str, Any]) -> None:
        """Leave word of the move, which `moved` returns from then on."""
        self._connection.execute(_KEEP, [_KEY, json.dumps(said)])

    def count(self, table: str) -> int:
        """Return how many rows the table has."""
        row = self._connection.execute(_of("SELECT count(*) AS found FROM {}", table)).fetchone()
        return 0 if row is None else int(row["found"])

    def chain(self) -> Chain:
        """Follow the chain of the record."""
        chain = Chain(0, "", None)
        with self._connection.cursor("interrupt_mcp_audit") as cursor:
            cursor.execute("SELECT * FROM audit ORDER BY seq")
            while rows := cursor.fetchmany(_BATCH):
                chain = followed(chain, rows)
        return chain


def _lock(connection: Connection) -> None:
    """Have nobody else change what is filled; they can read."""
    tables = sql.SQL(", ").join(sql.Identifier(each) for each in _MUST_BE_EMPTY if each != "audit")
    connection.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(tables))


def _of(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
