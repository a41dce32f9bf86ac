"""What a process has happen to itself, as chaos starts it, where its database is a server's."""

import os
import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg.connection
import psycopg.connection_async
from psycopg import generators

import interrupt_mcp.app
import interrupt_mcp.process.http
import interrupt_mcp.process.stdio
from interrupt_mcp.peers.postgres import Heart
from interrupt_mcp.store.postgres import database
from interrupt_mcp.store.postgres.transactions import Open


def name_owner() -> None:
    """Say under which name it owns runs."""
    begin = Heart.begin
    # Another process had the same number.
    file = Path(os.environ["CHAOS"], f"{os.getpid()}.owner")
    file.unlink(missing_ok=True)

    def told(self: Heart) -> None:
        file.write_text(self.name)
        begin(self)

    Heart.begin = told  # type: ignore[method-assign]


def die_at_transaction(when: str, number: int, die: Callable[[], None]) -> None:
    """Die before the so-manieth transaction begins, before it is kept, or after."""
    made, kept, do_last = count(1), database.kept, Open.do_last

    class Last(Open):
        def do_last(self) -> None:
            do_last(self)
            die()

    def armed(connection: Any, units: Any, **how: Any) -> Any:
        hit = next(made) == number
        if hit and when == "before":
            die()
        if hit and when == "within":
            Open.do_last = Last.do_last  # type: ignore[method-assign]
        results = kept(connection, units, **how)
        if hit:
            die()
        return results

    database.kept = armed


def be_deaf(odds: float) -> None:
    """Have so many of the notifications be lost that come to this process."""

    def heard(pgconn: Any) -> Iterator[Any]:
        found = yield from generators.notifies(pgconn)
        return [each for each in found if random.random() >= odds]

    psycopg.connection.notifies = heard  # type: ignore[attr-defined]
    psycopg.connection_async.notifies = heard  # type: ignore[attr-defined]


def claim_version(version: str) -> None:
    """Be of that version, as far as anybody is told."""
    for module in (interrupt_mcp.app, interrupt_mcp.process.http, interrupt_mcp.process.stdio):
        module.VERSION = version  # type: ignore[attr-defined]
