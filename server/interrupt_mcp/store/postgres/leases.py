"""Leases in the database, and the channel by which processes wake each other."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from typing import TypeVar

import psycopg

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Error
from interrupt_mcp.store.port.leases import Lease
from interrupt_mcp.store.postgres.connections import SCHEMA, Connection, connect, unavailable

T = TypeVar("T")
_CHANNEL = f"{SCHEMA}_look"
_HOLD = """
INSERT INTO owners (name, project, serves, lives_until)
VALUES (%(name)s, %(project)s, %(serves)s::int::boolean, clock_timestamp() + %(seconds)s * interval '1 second')
ON CONFLICT (name) DO UPDATE SET serves = excluded.serves, lives_until = excluded.lives_until
"""
_STANDING = """
SELECT name, CASE WHEN serves THEN project ELSE '' END AS serves, lives_until > clock_timestamp() AS lives FROM owners
"""
_CLEAR = """
DELETE FROM owners WHERE lives_until < clock_timestamp() - interval '1 hour'
AND NOT EXISTS (SELECT 1 FROM runs WHERE owner = owners.name AND status IN ('pending', 'running'))
"""
_FREE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user
AND application_name = current_setting('application_name')
AND state = 'active' AND wait_event = 'ClientRead' AND query !~* '^\\s*copy'
AND state_change < clock_timestamp() - interval '5 seconds'
"""
"""Ends sessions of processes that were stopped, or cut off, between two statements that they sent at once.

To the server such a session is not idle, and would keep its locks for as long as the process is there.
"""
_RELEASE = "DELETE FROM owners WHERE name = %s"
_RING = "SELECT pg_notify(%s, %s)"
_AT_ONCE = 100
"""How many that rang are heard as one."""


class PostgresLeases:
    """See `store.port.leases.Leases`."""

    def __init__(self, address: PostgresServer, ringing: Executor, ask: Callable[[str, list[str]], object]) -> None:
        """`ringing` runs what rings, by `ask`, which runs a statement with values on some connection."""
        self._address = address
        self._connection: Connection | None = None
        self._ringing = ringing
        self._ask = ask
        self._rings = threading.Lock()
        """Held while somebody is about to ring: who wants to ring then need not."""

    def hold(self, name: str, project: str, seconds: float, *, serves: bool) -> Mapping[str, Lease]:
        given = {"name": name, "project": project, "serves": serves, "seconds": seconds}

        def held(connection: Connection) -> Mapping[str, Lease]:
            # At once: a lease that is asked for behind a slow answer would be shorter than it was said to be.
            connection.execute(_HOLD, given)
            rows = connection.execute(_STANDING).fetchall()
            connection.execute(_FREE)
            return {row["name"]: Lease(row["lives"], row["serves"]) for row in rows}

        return self._do(held)

    def release(self, name: str) -> None:
        self._do(lambda connection: connection.execute(_RELEASE, [name]))

    def heard(self, name: str, seconds: float) -> bool:
        if self._connection is None:
            # Who rings meanwhile is not heard.
            self._do(lambda _: None)
            return True
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            heard = self._do(lambda connection: list(connection.notifies(timeout=left, stop_after=1)))
            if not heard:
                return False
            heard += self._do(lambda connection: list(connection.notifies(timeout=0, stop_after=_AT_ONCE)))
            if any(note.payload != name for note in heard):
                return True
        return False

    def ring(self, name: str) -> None:
        if self._rings.acquire(blocking=False):
            try:
                self._ringing.submit(self._tell, name)
            except RuntimeError:
                # All is being closed.
                self._rings.release()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tell(self, name: str) -> None:
        # Before it rings: what changes from now on is not told by this.
        self._rings.release()
        with suppress(Error):
            self._ask(_RING, [_CHANNEL, name])

    def _do(self, do: Callable[[Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = connect(self._address)
                self._connection.execute(f"LISTEN {_CHANNEL}")
                self._connection.execute(_CLEAR)
            return do(self._connection)
        except psycopg.Error as error:
            self.close()
            raise unavailable(self._address, error) from error


def standing(address: PostgresServer) -> Mapping[str, Lease]:
    """Return the leases of all, to a process that has none.

    Raises:
        Unavailable: the database cannot be used.
    """
    with connect(address) as connection:
        try:
            rows = connection.execute(_STANDING).fetchall()
        except psycopg.Error as error:
            raise unavailable(address, error) from error
        return {row["name"]: Lease(row["lives"], row["serves"]) for row in rows}
