"""The one writer of a database: a thread that commits all units that wait in one transaction, with one sync.

A unit that fails leaves the others of its transaction alone, and each is answered only after the commit. It does not
know what units do.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from interrupt_mcp.errors import Error

T = TypeVar("T")
Unit: TypeAlias = Callable[[sqlite3.Connection], T]
_Waiting: TypeAlias = tuple[Unit[Any], Future[Any]]
_MOST = 200
"""Units in one transaction at most: other processes wait for its end."""
_SECONDS = 0.02
"""How long a unit that nobody waits for is held back, so that others share its transaction."""


@dataclass(frozen=True, slots=True)
class _Done:
    result: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class Writer:
    """Commits units, in the order in which they were submitted."""

    def __init__(self, connection: sqlite3.Connection, describe: Callable[[sqlite3.Error], Error]) -> None:
        """`describe` makes, of an error of SQLite, one that whoever reads it can act on."""
        self._connection = connection
        self._describe = describe
        self._units: deque[_Waiting] = deque()
        self._closing = False
        self._wanted = False
        """Whether somebody waits for a unit."""
        self._looks = False
        """Whether it looks for units by itself, soon: then one that nobody waits for need not wake it."""
        self._since = 0.0
        """Since when the first of those that wait does, on the clock of `time.monotonic`."""
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._write_all, name="interrupt-mcp-writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit[T], *, soon: bool = True) -> Future[T]:
        """Have the unit run, after all that were submitted before.

        The future resolves once it is on disk, or with what it raised: then it left nothing. One that need not be
        `soon` is kept together with the next that must, or a little later. A unit may be run again, from the start, in
        another transaction where the first one was not committed.
        """
        future: Future[T] = Future()
        with self._news:
            if not self._units:
                self._since = time.monotonic()
            self._units.append((unit, future))
            self._wanted = self._wanted or soon or len(self._units) >= _MOST
            if self._wanted or (len(self._units) == 1 and not self._looks):
                self._news.notify()
        return future

    def hurry(self) -> None:
        """Have what was submitted kept now: somebody waits for it."""
        with self._news:
            self._wanted = True
            self._news.notify()

    def settle(self, seconds: float) -> None:
        """Wait until what was submitted is on disk, at most so long; from any thread."""
        if self._thread.is_alive():
            with suppress(TimeoutError, Error):
                self.submit(lambda _: None).result(seconds)

    def close(self) -> None:
        """Wait for what was submitted, and take no more."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join()

    def _write_all(self) -> None:
        while group := self._next():
            if wanted := [(unit, future) for unit, future in group if future.set_running_or_notify_cancel()]:
                self._commit(wanted)

    def _next(self) -> list[_Waiting]:
        """Wait for units and return those to keep together; nothing once the writer is closed."""
        with self._news:
            if not (self._units or self._closing):
                # To be woken for each of them costs whoever submits more than the unit itself: Python runs one thread.
                self._looks = True
                self._news.wait(_SECONDS)
                self._looks = False
            while not (self._units or self._closing):
                self._news.wait()
            if not (self._wanted or self._closing):
                left = self._since + _SECONDS - time.monotonic()
                self._news.wait_for(lambda: self._wanted or self._closing, left)
            group = [self._units.popleft() for _ in range(min(len(self._units), _MOST))]
            self._wanted = self._wanted and bool(self._units)
            return group

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            outcomes = self._all_or_none(group) or self._each(group)
        except BaseException as error:  # noqa: BLE001  those who wait get it, whatever it is
            for _, future in group:
                future.set_exception(self._described(error))
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, _Done):
                future.set_result(outcome.result)
            else:
                future.set_exception(self._described(outcome.error))

    def _all_or_none(self, group: Sequence[_Waiting]) -> Sequence[_Done | _Failed]:
        """Return what came of the units; nothing where one of several failed, so that all must run again."""
        outcomes: list[_Done | _Failed] = []
        with self._transaction():
            for unit, _ in group:
                try:
                    outcomes.append(_Done(unit(self._connection)))
                except BaseException as error:
                    if not self._connection.in_transaction:
                        # Some errors, like a full disk, end the whole transaction.
                        raise
                    self._connection.execute("ROLLBACK")
                    return [_Failed(error)] if len(group) == 1 else []
        return outcomes

    def _each(self, group: Sequence[_Waiting]) -> Sequence[_Done | _Failed]:
        """Return what came of each unit; one that fails leaves the others alone."""
        with self._transaction():
            return [self._run(unit) for unit, _ in group]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            raise

    def _run(self, unit: Unit[Any]) -> _Done | _Failed:
        self._connection.execute("SAVEPOINT unit")
        try:
            outcome: _Done | _Failed = _Done(unit(self._connection))
        except BaseException as error:
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO unit")
            outcome = _Failed(error)
        self._connection.execute("RELEASE unit")
        return outcome

    def _described(self, error: BaseException) -> BaseException:
        return self._describe(error) if isinstance(error, sqlite3.Error) else error
