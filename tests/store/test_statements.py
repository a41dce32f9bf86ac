"""The named statements: which of them see all projects, and that the shared ones are any database's."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import fields
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

from interrupt_mcp.model import Filters, Principal, PrincipalKind, RunStatus
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql import statements as shared
from interrupt_mcp.store.sql.statements import interrupts, runs
from interrupt_mcp.store.sql.transaction import Statement, bound
from interrupt_mcp.store.sqlite import langgraph_tables
from interrupt_mcp.store.sqlite.database import Database

pytestmark = pytest.mark.sqlite

OF_ALL_PROJECTS = {
    "audit.LAST_HASH",
    "audit.OF_ALL",
    "effects.SET",
    "threads.OWNER",
    "STATEMENTS.delete_thread[0]",
    "STATEMENTS.delete_thread[1]",
    "STATEMENTS.keep_write",
    "STATEMENTS.replace_write",
    "langgraph_tables.PUT",
}
"""A new one is to be argued for: a statement is of the project that asks, or of a row that was looked up in it."""
OF_OTHER_PROJECTS = {
    "STATEMENTS.anothers",
    "STATEMENTS.asked_below",
    "STATEMENTS.below",
    "STATEMENTS.failed_tasks",
    "STATEMENTS.newest",
}
"""They name whoever asks so as to leave out what is another's, and see what is nobody's."""
_DRIVES = "by whoever claimed the run, under its epoch, or within a change that looked whose it is"
_SEEN_BEFORE = "of a row that whoever asks was let see, or change, in the same transaction"
_WHOLE = "all of a run, or a thread, by whoever drives, changes or deletes it, so that nothing is left out"
_AGENTS = "of an agent, whom all may run"
_PROCESS = "by a process, which goes on with the runs of all"
_SECRET = "by a secret's hash: who has it is known by it"
_OPERATOR = "by the operator"
OF_EVERYBODY = {
    "asked_calls.ADD": _DRIVES,
    "asked_calls.DELETE_OF_THREAD": _WHOLE,
    "asked_calls.NAMED": _AGENTS,
    "asked_calls.SEEN_TOOLS": _AGENTS,
    "asked_calls.SEE_IT_ASK": _AGENTS,
    "asked_calls.SEE_TOOL": _AGENTS,
    "audit.APPEND": _SEEN_BEFORE,
    "audit.LAST_BEFORE": "a place in the record, of which nothing is told",
    "clients.FORGET": "of programs, whoever uses them",
    "clients.KEEP": "of programs, whoever uses them",
    "clients.LISTED": "of programs, whoever uses them",
    "effects.ABANDON": _DRIVES,
    "effects.ALL_OF_RUN": _WHOLE,
    "effects.DELETE_OF_THREAD": _WHOLE,
    "effects.FORGET": _DRIVES,
    "effects.FORGET_UNDECIDED": _DRIVES,
    "effects.PAUSED_AT": _DRIVES,
    "interrupts.ADD": _DRIVES,
    "interrupts.ADD_DECISION": _SEEN_BEFORE,
    "interrupts.ALL_DECISIONS_OF_RUN": _WHOLE,
    "interrupts.ALL_OF_RUN": _WHOLE,
    "interrupts.COUNT_OPEN": _WHOLE,
    "interrupts.DELETE_DECIDERS_OF_THREAD": _WHOLE,
    "interrupts.DELETE_DECISIONS_OF_THREAD": _WHOLE,
    "interrupts.DELETE_OF_THREAD": _WHOLE,
    "interrupts.DELIVER": _DRIVES,
    "interrupts.DOUBT": _SEEN_BEFORE,
    "interrupts.FORGET_DECIDERS": _SEEN_BEFORE,
    "interrupts.NAME_DECIDER": _SEEN_BEFORE,
    "interrupts.SET_CODE": _DRIVES,
    "interrupts.SET_DIGEST": _SEEN_BEFORE,
    "interrupts.SET_STATUS": _SEEN_BEFORE,
    "interrupts.TURN_ALL": _WHOLE,
    "runs.BEFORE": _WHOLE,
    "runs.DELETE_OF_THREAD": _WHOLE,
    "runs.FENCE": _DRIVES,
    "runs.FENCE_DRIVING": _DRIVES,
    "runs.IN_FLIGHT": _PROCESS,
    "runs.RELEASE": _PROCESS,
    "runs.SET_AGENT": _DRIVES,
    "runs.SET_BEGUN": _DRIVES,
    "runs.TAKEN": _PROCESS,
    "runs.GOING_ON": _PROCESS,
    "runs.turn": _SEEN_BEFORE,
    "sessions.BEGIN": _SECRET,
    "sessions.DELETE_ENDED": "of what is over",
    "sessions.ENDED_BY_CLIENT": "the session's id says whose it is",
    "sessions.END_OF_CLIENT": "the session's id says whose it is",
    "sessions.FIND": _SECRET,
    "sessions.FORGET": "of what is over",
    "sessions.FORGET_OF_CLIENTS": "of what is over",
    "sessions.LAST_OPENING": "a browser is opened once, whoever opens it",
    "sessions.OFFER": _SECRET,
    "sessions.SEEN": _SECRET,
    "sessions.TAKE": _SECRET,
    "threads.DELETE": _WHOLE,
    "threads.OLD": _OPERATOR,
    "threads.SET_APPROVER": _SEEN_BEFORE,
    "tokens.END_SESSIONS": _OPERATOR,
    "tokens.FIND": _SECRET,
    "tokens.KEEP": _OPERATOR,
    "tokens.LISTED": _OPERATOR,
    "tokens.REVOKE": _OPERATOR,
    "tokens.USED": _SECRET,
}
"""As is a new one here: why it asks for rows of all principals of the project."""
SQLITES_OWN = re.compile(
    r"\browid\b|\bINSERT\s+OR\b|\bREPLACE\s+INTO\b|\bjson_\w+|\bPRAGMA\b|\?|\bstrftime\b|\bGLOB\b", re.I
)


def named(module: ModuleType) -> Iterator[tuple[str, Statement]]:
    """All statements of a module, those that are in lists too."""
    yield from among(module.__name__.rpartition(".")[2], vars(module))


def among(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Statement]]:
    for name, value in values.items():
        if isinstance(value, Statement):
            yield f"{prefix}.{name}", value
        elif isinstance(value, tuple) and value and isinstance(value[0], Statement):
            yield from ((f"{prefix}.{name}[{number}]", each) for number, each in enumerate(value))


def made() -> Iterator[tuple[str, Statement]]:
    """Those that are made of what is asked for."""
    every: dict[str, Any] = {"agent": "x", "thread_id": "x"}
    for after in (False, True):
        yield "runs.listed", runs.listed(Filters(**every, status=RunStatus.PENDING), after=after)
        yield "interrupts.listed", interrupts.listed(Filters(**every, run_id="x"), after=after)
    yield "runs.turn", runs.turn("owner", "epoch")


def of_tables(tables: ModuleType) -> Iterator[tuple[str, Statement]]:
    """What the store, and its checkpointer, do with LangGraph's own tables."""
    for name in ("LAYOUT", "STATEMENTS"):
        group = getattr(tables, name)
        yield from among(name, {field.name: getattr(group, field.name) for field in fields(group)})


SHARED = [
    *(
        each
        for found in iter_modules(shared.__path__)
        for each in named(import_module(f"{shared.__name__}.{found.name}"))
    ),
    *made(),
]


EVERY = [*SHARED, *named(langgraph_tables), *of_tables(langgraph_tables)]
BEN = Principal(PrincipalKind.TOKEN, "ben")
REACHES = [
    Reach("project"),
    Reach("project", BEN),
    Reach("project", BEN, frozenset(("one", "two"))),
    Reach("project", BEN, reads_all=True),
]


def test_there_are_lists_of_the_statements_that_see_all_principals_and_all_projects() -> None:
    found = EVERY
    assert len(found) > 60
    assert {name for name, statement in found if statement.of_everybody} == set(OF_EVERYBODY)
    assert {name for name, statement in found if statement.of_all_projects} == OF_ALL_PROJECTS
    assert {name for name, statement in found if "NOT seen(" in statement.sql} == OF_OTHER_PROJECTS


@pytest.mark.parametrize(("name", "statement"), SHARED)
def test_a_shared_statement_uses_nothing_that_only_one_database_has(name: str, statement: Statement) -> None:
    assert SQLITES_OWN.findall(statement.sql) == [], name


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(tmp_path_factory.mktemp("home") / "state.db")) as opened:
        yield opened


def explained(database: Database, how: str, statement: Statement, reach: Reach) -> list[Any]:
    several = re.findall(r"\bIN \(:(\w+)\)", statement.sql)
    values = {each: ["x", "y"] if each in several else "x" for each in re.findall(r":(\w+)", statement.sql)}
    sql, given = bound(statement, values, reach)
    return database.read(f"{how} {sql}", given)


def test_each_statement_can_be_asked_within_every_reach(database: Database) -> None:
    for name, statement in EVERY:
        for reach in REACHES:
            # The process never asks for what is somebody's own.
            if reach.principal is not None or ":principal" not in statement.sql:
                assert explained(database, "EXPLAIN", statement, reach), name


def test_a_principal_looks_through_no_table(database: Database) -> None:
    through = set()
    for name, statement in EVERY:
        plan = [row["detail"] for row in explained(database, "EXPLAIN QUERY PLAN", statement, REACHES[2])]
        if any(re.match(rf"SCAN ({TABLES}|\w\b)(?! CONSTANT)", step) and step not in _PARTS for step in plan):
            through.add(name)
    assert through == set(LOOKED_THROUGH)


_PARTS = ("SCAN a", "SCAN b")
"""Those of a list of decisions, each of which is a page."""
LOOKED_THROUGH = {
    "audit.LAST_HASH": "it takes the last row",
    "threads.NAMED": "for the process, and who reads all: they may not know whose thread is called so",
    "threads.OLD": "the operator deletes, and waits",
}
TABLES = "runs|interrupts|decisions|deciders|effects|threads|audit|sessions|tokens|checkpoints|writes|asked_calls"
