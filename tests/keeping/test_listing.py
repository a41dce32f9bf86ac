"""Looking costs the same however much there is: each look follows an index from where it begins, and sorts nothing."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, combinations
from pathlib import Path

import pytest

from interrupt_mcp.store import Database, interrupts, runs

PROJECT = "p"


def some(*names: str) -> Iterator[dict[str, str]]:
    """Every combination of filters."""
    for chosen in chain.from_iterable(combinations(names, count) for count in range(len(names) + 1)):
        yield dict.fromkeys(chosen, "x")


STATEMENTS: dict[str, tuple[str, Sequence[object]]] = {
    "in flight": (runs.IN_FLIGHT, [PROJECT]),
    "run": (runs.RUN, [PROJECT, "x"]),
    "active run of a thread": (runs.ACTIVE, ["x"]),
    "run before": (runs.RUN_BEFORE, ["x", 7]),
    "last run of a thread": (runs.LAST, ["x"]),
    "by idempotency key": (runs.BY_IDEMPOTENCY_KEY, [PROJECT, "x"]),
    "interrupts of a run": (interrupts.OF_RUN, ["x"]),
    "interrupt by code": (interrupts.BY_CODE, [PROJECT, "A2"]),
    "interrupt by LangGraph's id": (interrupts.BY_LANGGRAPH_ID, ["x", "x"]),
    "decisions": (interrupts.DECISIONS, ["x"]),
}
for position in (None, 7):
    for filters in some("agent", "thread_id", "status"):
        sql, values = runs.listed(PROJECT, filters, position, 20)
        STATEMENTS[f"runs by {sorted(filters)} from {position}"] = (sql, list(values))
    for filters in some("agent", "thread_id", "run_id"):
        sql, values = interrupts.listed(PROJECT, filters, position, 20)
        STATEMENTS[f"interrupts by {sorted(filters)} from {position}"] = (sql, list(values))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(Path(tmp_path_factory.mktemp("home")) / "state.db")) as opened:
        yield opened


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_look_follows_an_index(database: Database, name: str) -> None:
    sql, values = STATEMENTS[name]
    plan = [row["detail"] for row in database.read(f"EXPLAIN QUERY PLAN {sql}", values)]
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
    sql, values = runs.listed(PROJECT, filters, None, 20)
    (step,) = [row["detail"] for row in database.read(f"EXPLAIN QUERY PLAN {sql}", list(values))]
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
    sql, values = interrupts.listed(PROJECT, filters, None, 20)
    (step,) = [row["detail"] for row in database.read(f"EXPLAIN QUERY PLAN {sql}", list(values))]
    assert index in step
