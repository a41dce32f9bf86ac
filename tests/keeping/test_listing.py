"""Looking costs the same however much there is: each look follows an index from where it begins, and sorts nothing."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import pytest

from interrupt_mcp.model import Filters, Principal, PrincipalKind
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.statements import interrupts, runs, sessions
from interrupt_mcp.store.sql.transaction import Statement, bound
from interrupt_mcp.store.sqlite.database import Database

pytestmark = pytest.mark.sqlite


def some(*names: str) -> Iterator[Filters]:
    """Every combination of filters."""
    for chosen in chain.from_iterable(combinations(names, count) for count in range(len(names) + 1)):
        yield Filters(**dict.fromkeys(chosen, "x"))


BEN = Reach("project", Principal(PrincipalKind.TOKEN, "ben"), frozenset(("staff",)))
PROCESS = Reach("project")
_MADE = re.compile(r"(LIST|SCALAR|CORRELATED SCALAR) SUBQUERY|REUSE LIST|MERGE|LEFT$|RIGHT$|SCAN (some|CONSTANT)")
"""What a look is made of, which is neither looked for nor looked through."""


def plan_of(database: Database, statement: Statement, reach: Reach = BEN) -> list[str]:
    """How the statement is followed in this reach; without how few rows are sorted, that were found by then."""
    several = re.findall(r"\bIN \(:(\w+)\)", statement.sql)
    values = {name: ["x"] if name in several else "x" for name in re.findall(r":(\w+)", statement.sql)}
    sql, given = bound(statement, values, reach)
    plan, part = [], ""
    for row in database.read(f"EXPLAIN QUERY PLAN {sql}", given):
        step = str(row["detail"])
        if step.startswith("CO-ROUTINE "):
            part = step.partition(" ")[2]
        elif step == f"SCAN {part}":
            part = "a page of each"
        elif not _MADE.match(step) and not (part in _FEW and step == "USE TEMP B-TREE FOR ORDER BY"):
            plan.append(step)
    return plan


_FEW = ("lent", "b", "a page of each")
"""What is lent to somebody, and what is on one page."""


STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]} {name}": statement
    for module in (runs, interrupts, sessions)
    for name, statement in vars(module).items()
    if isinstance(statement, Statement) and statement.sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))
}
for after in (False, True):
    for filters in some("agent", "thread_id", "status"):
        STATEMENTS[f"runs by {sorted(filters.given)}{' from a place' * after}"] = runs.listed(filters, after=after)
    for filters in some("agent", "thread_id", "run_id"):
        listed = interrupts.listed(filters, after=after)
        STATEMENTS[f"interrupts by {sorted(filters.given)}{' from a place' * after}"] = listed


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(Path(tmp_path_factory.mktemp("home")) / "state.db")) as opened:
        yield opened


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_look_follows_an_index(database: Database, name: str) -> None:
    plan = plan_of(database, STATEMENTS[name])
    assert plan
    assert all(step.startswith("SEARCH ") for step in plan), plan


@pytest.mark.parametrize(
    ("filters", "columns"),
    [
        ({}, "project=? AND principal=?"),
        ({"agent": "x"}, "project=? AND principal=? AND agent=?"),
        ({"status": "x"}, "project=? AND principal=? AND status=?"),
        ({"agent": "x", "status": "x"}, "project=? AND principal=? AND agent=? AND status=?"),
        ({"thread_id": "x"}, "thread_id=?"),
        ({"thread_id": "x", "agent": "x", "status": "x"}, "thread_id=?"),
    ],
)
def test_runs_are_found_by_the_narrowest_index(database: Database, filters: dict[str, str], columns: str) -> None:
    first, *_ = plan_of(database, runs.listed(Filters(**filters), after=False))
    assert f"({columns})" in first


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({}, "interrupts_open_by_principal "),
        ({"agent": "x"}, "interrupts_open_by_agent "),
        ({"thread_id": "x"}, "interrupts_open_by_thread "),
        ({"thread_id": "x", "agent": "x"}, "interrupts_open_by_thread "),
        ({"run_id": "x", "thread_id": "x"}, "interrupts_"),
    ],
)
def test_open_interrupts_are_found_among_the_open_ones(database: Database, filters: dict[str, str], index: str) -> None:
    first, *_ = plan_of(database, interrupts.listed(Filters(**filters), after=False))
    assert index in first


def test_the_process_and_who_reads_all_find_the_newest_of_the_project(database: Database) -> None:
    for statement, index in (
        (runs.listed(Filters(), after=False), "runs_of_project (project=?)"),
        (interrupts.listed(Filters(), after=False), "interrupts_open (project=?)"),
    ):
        for reach in (PROCESS, replace(BEN, reads_all=True)):
            first, second, *_ = plan_of(database, statement, reach)
            assert index in first
            assert not second.startswith("USE TEMP")
