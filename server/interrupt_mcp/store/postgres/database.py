"""One database of a PostgreSQL server's, open: writes in lines, reads beside them, each on a connection of a pool.

What cannot be reached is tried again for a while, and works by itself once the server is there again. It knows
transactions, not what the tables mean.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast

import psycopg
from psycopg_pool import ConnectionPool

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.postgres import layout
from interrupt_mcp.store.postgres.connections import (
    Connection,
    adapt,
    arguments,
    prepare,
    unavailable,
)
from interrupt_mcp.store.postgres.lines import Lines
from interrupt_mcp.store.postgres.transactions import InDoubt, Mark, Open, Spoiled, is_away, kept, seen, was_kept

T = TypeVar("T")
_WRITERS, _READERS = 3, 4
_PATIENCE = 5.0
"""Seconds for which what somebody waits for is tried again while the server cannot be reached."""
_PATIENCE_DRIVING = 30.0
"""Seconds for what a run needs that is driven: to give up costs it a step, or a person a question."""
_ATTEMPT = 0.5
"""Seconds for which a connection is waited for before it is asked for anew: a pool that failed to make one tries again
only then."""
_PAUSE = 0.1
_CONFLICTS = 20
"""How often a unit is run again that another transaction was in the way of."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    unit: Callable[[Open], Any]
    future: "Future[Any]"
    patience: float


class _Untold(Unavailable):
    """Look whether it is there before you try again."""


@dataclass(slots=True)
class _Writer:
    """One thread that writes, and how often it did."""

    name: uuid.UUID = field(default_factory=uuid.uuid4)
    count: int = 0

    def next(self) -> Mark:
        self.count += 1
        return Mark(self.name, self.count)


class Database:
    """An open database. `close()` waits for what was submitted."""

    def __init__(self, address: PostgresServer) -> None:
        """Open the database, and lay it out where that is not done.

        Raises:
            Unavailable: it cannot be reached, is too old, may not be laid out by this user, or has a newer schema.
        """
        layout.ensure(address)
        self._open(address, adapt if address.direct else prepare)

    def _open(self, address: PostgresServer, configure: Callable[[Connection], None]) -> None:
        self.address = address
        self.pooled = bool(address.direct)
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            kwargs=arguments(address.url, pooled=self.pooled),
            min_size=1,
            max_size=_WRITERS + _READERS,
            configure=configure,
            # Whoever asks next tries anew: a pause that grew would outlast the server's.
            reconnect_timeout=1.0,
            open=True,
            name="interrupt-mcp",
        )
        self._lines: Lines[_Waiting] = Lines(_WRITERS, self._keep, "interrupt-mcp-writer")
        self._threads = threading.local()
        self._closing = False
        """Whether nothing waits any more for the server to be there again."""
        self.readers = ThreadPoolExecutor(_READERS, "interrupt-mcp-reader")

    def submit(self, unit: Callable[[Open], T], *, soon: bool = True, line: object = None) -> Future[T]:
        """Have a unit run in a transaction; the future resolves once it is kept, or with what it raised.

        Those of one line run in the order in which they were submitted. One that need not be `soon` waits a little for
        others of its line to share a transaction with.
        """
        future: Future[T] = Future()
        patience = _PATIENCE if line is None else _PATIENCE_DRIVING
        self._lines.add(_Waiting(unit, future, patience), line, soon=soon)
        return future

    def hurry(self) -> None:
        """Have what was submitted kept now: somebody waits for it."""
        self._lines.hurry()

    def look_up(self, reads: Callable[[Open], T]) -> Future[T]:
        """Have something read on one state of the database, by a thread of its own."""
        return self.readers.submit(self.look, reads)

    def look(self, reads: Callable[[Open], T]) -> T:
        """Return what `reads` returns, which may read several times: it sees one state of the database."""
        found: T = self._try(lambda connection: seen(connection, reads, pooled=self.pooled), _PATIENCE)
        return found

    def ask(self, asks: Callable[[Connection], T], *, driving: bool = False) -> T:
        """Return what `asks` returns, which reads once; `driving` is whether a run that is driven waits for it."""
        patience = _PATIENCE_DRIVING if driving else _PATIENCE
        if self.pooled:
            found: T = self._try(partial(seen, reads=lambda opened: asks(opened.connection), pooled=True), patience)
            return found
        return self._try(asks, patience)

    def find(self, sql: str, values: Any = ()) -> list[dict[str, Any]]:
        """Return all rows of one look-up, in the driver's own words for names."""
        return self.ask(lambda connection: connection.execute(sql, values).fetchall())

    def find_soon(self, sql: str, values: Any = ()) -> Future[list[dict[str, Any]]]:
        """Have `find` done by a thread of its own."""
        return self.readers.submit(self.find, sql, values)

    def settle(self, seconds: float) -> None:
        """Wait until what was submitted is on disk, at most so long; from any thread."""
        self._lines.settle(seconds)

    def close(self) -> None:
        self._closing = True
        self._lines.close()
        self.readers.shutdown()
        self._pool.close()

    def _keep(self, group: Sequence[_Waiting]) -> None:
        self._keep_each([each for each in group if each.future.set_running_or_notify_cancel()])

    def _keep_each(self, wanted: Sequence[_Waiting]) -> None:
        """Keep the units, together as far as they can be, in their order."""
        if len(wanted) > 1:
            try:
                results = self._kept(wanted)
            except Spoiled as spoiled:
                for some in (wanted[: spoiled.at], [wanted[spoiled.at]], wanted[spoiled.at + 1 :]):
                    self._keep_each(some)
                return
            except _Untold as error:
                for each in wanted:
                    each.future.set_exception(error)
                return
            except BaseException:  # noqa: BLE001  each is kept alone then, and has its own error
                pass
            else:
                for each, result in zip(wanted, results, strict=True):
                    each.future.set_result(result)
                return
        for each in wanted:
            try:
                (result,) = self._kept([each])
            except BaseException as error:  # noqa: BLE001  whoever waits gets it, whatever it is
                each.future.set_exception(self._described(error))
            else:
                each.future.set_result(result)

    def _kept(self, group: Sequence[_Waiting]) -> Sequence[Any]:
        """Run the units of the group in one transaction, and return what they returned once that is kept."""
        units, patience = [each.unit for each in group], max(each.patience for each in group)
        writer, until = self._writer(), time.monotonic() + patience
        while True:
            keeping = partial(kept, units=units, mark=writer.next(), pooled=self.pooled)
            try:
                return self._try(keeping, until - time.monotonic())
            except InDoubt as doubt:
                try:
                    found = self._try(partial(was_kept, mark=doubt.mark), max(_PATIENCE, patience))
                except Unavailable as error:
                    raise _Untold(
                        f"The database {self.address} was cut off as something was being kept, and whether it is"
                        " cannot be told"
                    ) from error
                if found:
                    return doubt.results
                if time.monotonic() > until:
                    raise unavailable(self.address, doubt.__cause__ or doubt) from doubt

    def _writer(self) -> "_Writer":
        """Return this thread as one that writes."""
        if (found := getattr(self._threads, "writer", None)) is None:
            found = self._threads.writer = _Writer()
        return cast("_Writer", found)

    def _try(self, do: Callable[[Connection], T], seconds: float) -> T:
        """Do something on a connection; where there is none, or another transaction is in the way, try again.

        Raises:
            Unavailable: the server could not be reached in that time.
        """
        until, conflicts = time.monotonic() + seconds, 0
        while True:
            try:
                with self._connection(max(0.1, until - time.monotonic())) as connection:
                    return do(connection)
            except psycopg.Error as error:
                conflicts += _is_conflict(error)
                if not (_is_conflict(error) or is_away(error)) or conflicts > _CONFLICTS:
                    raise unavailable(self.address, error) from error
                if time.monotonic() > until or (self._closing and not _is_conflict(error)):
                    raise unavailable(self.address, error) from error
                if not _is_conflict(error):
                    time.sleep(_PAUSE)

    @contextmanager
    def _connection(self, seconds: float) -> Iterator[Connection]:
        """Lend a connection; one on which the server is away, or no longer the one that writes, is closed."""
        with self._pool.connection(min(seconds, _ATTEMPT)) as connection:
            try:
                yield connection
            except psycopg.Error as error:
                if is_away(error) and not connection.closed:
                    connection.close()
                raise

    def _described(self, error: BaseException) -> BaseException:
        return unavailable(self.address, error) if isinstance(error, psycopg.Error) else error


def _is_conflict(error: psycopg.Error) -> bool:
    """Whether another transaction was in the way, so that the same may succeed now."""
    return isinstance(error, psycopg.IntegrityError) or error.sqlstate in ("40001", "40P01", "55P03")
