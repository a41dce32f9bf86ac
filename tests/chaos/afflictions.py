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


def die_within(number: int, die: Callable[[], None]) -> None:
    """Die in the so-manieth transaction, when all of it is done and it is about to be kept."""
    made, do_last = count(1), Open.do_last

    def armed(self: Open) -> None:
        do_last(self)
        if next(made) == number:
            die()

    Open.do_last = armed  # type: ignore[method-assign]


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
