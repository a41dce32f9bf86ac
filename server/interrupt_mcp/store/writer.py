"""The one writer of a database: a thread that commits all units that wait in one transaction, with one sync.

Each unit has a savepoint, so that one that fails does not take its neighbours along, and is answered only after the
commit. It does not know what units do.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from interrupt_mcp.errors import Error

T = TypeVar("T")
Unit: TypeAlias = Callable[[sqlite3.Connection], T]
_MOST = 200
"""Units in one transaction: other processes wait for its end."""


def awaitable(future: Future[T]) -> asyncio.Future[T]:
    """What comes of a unit, on the event loop. An error that nobody waits for any more is nobody's."""
    answer = asyncio.wrap_future(future)
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer


@dataclass(frozen=True, slots=True)
class _Done:
    result: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class Writer:
    """Commits units, in the order in which they were submitted."""

    def __init__(self, connection: sqlite3.Connection, describe: Callable[[sqlite3.Error], Error]) -> None:
        """`describe` makes an error of the database one that its reader can act on."""
        self._connection = connection
        self._describe = describe
        self._units: queue.SimpleQueue[tuple[Unit[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="interrupt-mcp-writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit[T]) -> Future[T]:
        """Have the unit run. The future resolves once it is on disk, or with what it raised: then it left nothing."""
        future: Future[T] = Future()
        self._units.put((unit, future))
        return future

    def settle(self, seconds: float) -> None:
        """Wait until what was submitted is on disk, at most so long; from any thread."""
        if self._thread.is_alive():
            with suppress(TimeoutError, Error):
                self.submit(lambda _: None).result(seconds)

    def close(self) -> None:
        """Wait for what was submitted, and take no more."""
        self._units.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        closing = False
        while not closing:
            waiting = [self._units.get()]
            with suppress(queue.Empty):
                while len(waiting) < _MOST:
                    waiting.append(self._units.get_nowait())
            closing = None in waiting
            units = [item for item in waiting if item is not None]
            self._commit([(unit, future) for unit, future in units if future.set_running_or_notify_cancel()])

    def _commit(self, group: list[tuple[Unit[Any], Future[Any]]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._run(unit) for unit, _ in group]
            self._connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001  those who wait get it, whatever it is
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            for _, future in group:
                future.set_exception(self._described(error))
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, _Done):
                future.set_result(outcome.result)
            else:
                future.set_exception(self._described(outcome.error))

    def _run(self, unit: Unit[Any]) -> _Done | _Failed:
        self._connection.execute("SAVEPOINT unit")
        try:
            outcome: _Done | _Failed = _Done(unit(self._connection))
        except BaseException as error:
            if not self._connection.in_transaction:
                # Some errors, like a full disk, end the whole transaction.
                raise
            self._connection.execute("ROLLBACK TO unit")
            outcome = _Failed(error)
        self._connection.execute("RELEASE unit")
        return outcome

    def _described(self, error: BaseException) -> BaseException:
        return self._describe(error) if isinstance(error, sqlite3.Error) else error
