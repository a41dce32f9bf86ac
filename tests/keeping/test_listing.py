"""Looking costs the same however much there is: each look follows an index from where it begins, and sorts nothing."""

import re
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, combinations
from pathlib import Path

import pytest

from interrupt_mcp.model import Filters
from interrupt_mcp.store.sql.statements import interrupts, runs, sessions
from interrupt_mcp.store.sql.transaction import Statement
from interrupt_mcp.store.sqlite.database import Database


def some(*names: str) -> Iterator[Filters]:
    """Every combination of filters."""
    for chosen in chain.from_iterable(combinations(names, count) for count in range(len(names) + 1)):
        yield Filters(**dict.fromkeys(chosen, "x"))


def plan_of(database: Database, statement: Statement) -> list[str]:
    values = dict.fromkeys(re.findall(r":(\w+)", statement.sql), "x")
    return [row["detail"] for row in database.read(f"EXPLAIN QUERY PLAN {statement.sql}", values)]


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
    # What a look is made of is neither looked for nor looked through.
    made = ("LIST SUBQUERY", "SCALAR SUBQUERY", "CORRELATED SCALAR SUBQUERY", "CO-ROUTINE", "SCAN some")
    plan = [step for step in plan_of(database, STATEMENTS[name]) if not step.startswith(made)]
    assert plan
    assert all(step.startswith("SEARCH ") for step in plan), plan


@pytest.mark.parametrize(
    ("filters", "columns"),
    [
        ({"agent": "x"}, "project=? AND agent=?"),
        ({"status": "x"}, "project=? AND status=?"),
        ({"agent": "x", "status": "x"}, "project=? AND agent=? AND status=?"),
        ({"thread_id": "x"}, "thread_id=?"),
        ({"thread_id": "x", "agent": "x", "status": "x"}, "thread_id=?"),
    ],
)
def test_runs_are_found_by_the_narrowest_index(database: Database, filters: dict[str, str], columns: str) -> None:
    (step,) = plan_of(database, runs.listed(Filters(**filters), after=False))
    assert columns in step


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({}, "interrupts_open "),
        ({"agent": "x"}, "interrupts_open_by_agent "),
        ({"thread_id": "x"}, "interrupts_open_by_thread "),
        ({"thread_id": "x", "agent": "x"}, "interrupts_open_by_thread "),
        ({"run_id": "x", "thread_id": "x"}, "interrupts_"),
    ],
)
def test_open_interrupts_are_found_among_the_open_ones(database: Database, filters: dict[str, str], index: str) -> None:
    (step,) = plan_of(database, interrupts.listed(Filters(**filters), after=False))
    assert index in step
