"""The list of what waits for a person, with 100,000 waiting over a million threads on PostgreSQL, beside 1,000.

Two servers, each on a database of the same PostgreSQL server, are asked the same in turn. What waits is copies of one
run that was really driven, of which every other one is whoever's who asks, and the rest of a thousand others. Only
threads have something that waits, or nothing at all: what ended is in no index that is followed here.

    python -m tests.benchmarks pending
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks.cycle import START
from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import ROOT, Server, server
from tests.benchmarks.row import Row, beside
from tests.postgres.cluster import Cluster, cluster

_PAIRS, _CALLS = 7, 10
_FEW, _MANY = (1000, 10_000), (100_000, 1_000_000)
"""How many wait, over how many threads."""
_SCHEMA = "interrupt_mcp"
_OTHERS = 1000
_WAITS = "g %% %(apart)s = 0"
_PRINCIPAL = f"CASE WHEN g / %(apart)s %% 2 = 0 THEN o.principal ELSE 'other-' || g %% {_OTHERS} END"
_COPIED = {
    "threads": {"thread_id": "'thread-' || to_char(g, 'FM00000000')", "principal": _PRINCIPAL},
    "runs": {
        "run_id": "'run-' || to_char(g, 'FM00000000')",
        "thread_id": "'thread-' || to_char(g, 'FM00000000')",
        "principal": _PRINCIPAL,
    },
    "interrupts": {
        "interrupt_id": "'interrupt-' || to_char(g, 'FM00000000')",
        "run_id": "'run-' || to_char(g, 'FM00000000')",
        "thread_id": "'thread-' || to_char(g, 'FM00000000')",
        "principal": _PRINCIPAL,
    },
}
"""What is not as in the original, by table, for the copy of each number `g`."""


def seed(url: str, pending: int, threads: int) -> None:
    """Copy the only run of the database to so many threads, on as many of which as are `pending` it waits on."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {_SCHEMA}")
        for table, copied in _COPIED.items():
            found = connection.execute(
                "SELECT column_name::text FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = %s AND column_name <> 'seq'",
                [_SCHEMA, table],
            )
            names = [name for (name,) in found]
            given = ", ".join(copied.get(name, f"o.{name}") for name in names)
            where = "" if table == "threads" else f"WHERE {_WAITS}"
            statement = (
                f"INSERT INTO {table} ({', '.join(names)})"
                f" SELECT {given} FROM {table} o, generate_series(1, %(threads)s) g {where}"
            )
            connection.execute(statement, {"threads": threads, "apart": threads // pending})
        connection.execute("ANALYZE")


@dataclass(frozen=True, slots=True)
class Asked:
    """A server, and what is asked of it."""

    process: Server
    questions: Sequence[dict[str, Any]]

    def window(self) -> list[float]:
        """Seconds that each of the lists took, medians."""
        return [statistics.median(self._took(each) for _ in range(_CALLS)) for each in self.questions]

    def _took(self, question: dict[str, Any]) -> float:
        began = time.perf_counter()
        found = self.process.call("list_interrupts", **question)
        took = time.perf_counter() - began
        assert found["interrupts"], question
        return took


def asked(stack: ExitStack, database: Cluster, pending: int, threads: int) -> Asked:
    """A server on a database of its own, in which so many wait."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT)))
    url = database.make_database()
    process = stack.enter_context(server(home, INTERRUPT_MCP_DATABASE=url))
    first = process.call("start_run", **START)
    seed(url, pending, threads)
    last = process.call("list_interrupts", limit=100)
    middle = process.call("list_interrupts", limit=100, cursor=last["next_cursor"])
    return Asked(
        process,
        [
            {},
            {"agent": START["agent"]},
            {"thread_id": first["thread_id"]},
            {"cursor": middle["next_cursor"], "limit": 50},
        ],
    )


_SHOWN = ("", " of an agent", " of a thread", ", a later page of 50")


def measured() -> Iterator[Row]:
    with ExitStack() as stack:
        database = stack.enter_context(cluster())
        few, many = (asked(stack, database, *size) for size in (_FEW, _MANY))
        found = in_turn(many.window, few.window, _PAIRS)
    for number, shown in enumerate(_SHOWN):
        pairs = [(ours[number], theirs[number]) for ours, theirs in found]
        what = f"list on PostgreSQL{shown}, {_MANY[0]:,} waiting over {_MANY[1]:,} threads"
        yield beside(what, pairs, f"the same with {_FEW[0]:,}", 1.3, unit="ms", scale=1000)
