"""The named statements on a PostgreSQL server: it understands each within every reach, and finds rows by an index."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from interrupt_mcp.store.postgres import langgraph_tables
from interrupt_mcp.store.postgres.transactions import translated
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.transaction import Statement, bound
from tests.postgres.databases import forget, url_of
from tests.store.test_statements import REACHES, SHARED, named, of_tables

pytestmark = [pytest.mark.postgres, pytest.mark.posix]
EVERY = [*SHARED, *named(langgraph_tables), *of_tables(langgraph_tables)]
LOOKED_THROUGH = {
    "asked_calls.OF_THREAD": "of runs, where there are as few as here",
    "audit.LAST_HASH": "it takes the last row",
    "effects.DECIDED_OF_THREAD": "of runs, where there are as few as here",
}
_BY_INDEX = " ".join(f"-c enable_{way}=off" for way in ("seqscan", "hashjoin", "mergejoin"))
"""With tables that are empty, no way is much longer than another."""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[psycopg.Connection[Any]]":
    folder = tmp_path_factory.mktemp("statements")
    with psycopg.connect(url_of(folder / "state"), options=f"-c search_path=interrupt_mcp {_BY_INDEX}") as opened:
        yield opened
    forget(folder)


def plan(connection: "psycopg.Connection[Any]", statement: Statement, reach: Reach, *, locks: bool = False) -> Any:
    several = re.findall(r"\bIN \(:(\w+)\)", statement.sql)
    values = {each: ["1", "2"] if each in several else "1" for each in re.findall(r"(?<!:):(\w+)", statement.sql)}
    sql, given = bound(statement, values, reach)
    row = connection.execute(f"EXPLAIN (FORMAT JSON) {translated(sql, locks=locks)}".encode(), given).fetchone()
    assert row is not None
    return row[0][0]["Plan"]


def through(node: Any) -> Iterator[str]:
    """The tables of which the plan looks at every row."""
    kind = node["Node Type"]
    if kind == "Seq Scan" or (kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node):
        yield node["Relation Name"]
    for each in node.get("Plans", ()):
        yield from through(each)


def within(statement: Statement) -> list[Reach]:
    # The process never asks for what is somebody's own.
    return [each for each in REACHES if each.principal is not None or ":principal" not in statement.sql]


def test_each_statement_can_be_asked_within_every_reach(connection: "psycopg.Connection[Any]") -> None:
    for name, statement in EVERY:
        for reach in within(statement):
            assert plan(connection, statement, reach, locks=statement.locks), name


def test_a_principal_looks_through_no_table(connection: "psycopg.Connection[Any]") -> None:
    found = {name: tables for name, each in EVERY if (tables := {*through(plan(connection, each, REACHES[2]))})}
    assert found.keys() == LOOKED_THROUGH.keys(), found
