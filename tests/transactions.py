"""Transactions of this process's store, of whatever database: a test has it die right before one, or once one is kept.

It knows two private places of the stores, where all that is to be kept comes by.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeAlias

Moment: TypeAlias = Callable[[str], str]
"""Given the name of a transaction that is about to begin: `before` it, `after` it, or nothing."""


def die_at(moment: Moment, die: Callable[[], None]) -> None:
    """Have the process die at that moment: before the transaction begins, or when it is on disk and nobody was told."""
    turn = threading.Lock()

    def due(unit: Any) -> bool:
        with turn:
            when = moment(_name(unit))
        if when == "before":
            die()
        return when == "after"

    class LastWords(Future[Any]):
        """Stands for the answer of a transaction: whoever gives it dies first."""

        def set_result(self, result: Any) -> None:
            die()

    _in_files(due, LastWords)
    _on_servers(due, LastWords)


def _in_files(due: Callable[[Any], bool], last_words: Callable[[], Future[Any]]) -> None:
    from interrupt_mcp.store.sqlite.writer import Writer

    commit = Writer._commit

    def armed(self: Writer, group: Sequence[tuple[Any, Future[Any]]]) -> None:
        for unit, future in group:
            commit(self, [(unit, last_words() if due(unit) else future)])

    Writer._commit = armed  # type: ignore[method-assign]


def _on_servers(due: Callable[[Any], bool], last_words: Callable[[], Future[Any]]) -> None:
    try:
        from interrupt_mcp.store.postgres.database import Database
    except ImportError:
        # An environment for workers may be without what PostgreSQL takes.
        return
    keep = Database._keep

    def armed(self: Database, group: Sequence[Any]) -> None:
        for each in group:
            keep(self, [replace(each, future=last_words()) if due(each.unit) else each])

    Database._keep = armed  # type: ignore[method-assign]


def _name(unit: Any) -> str:
    """Return `claim` for `Store.claim.<locals>.unit`, or for that of `Store._claim`."""
    return str(unit.__qualname__).split(".<locals>")[0].rpartition(".")[2].lstrip("_")
