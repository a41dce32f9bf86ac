"""The named statements: which of them see all projects, and that the shared ones are any database's."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

from interrupt_mcp.model import Filters, RunStatus
from interrupt_mcp.store.sql import statements as shared
from interrupt_mcp.store.sql.statements import interrupts, runs
from interrupt_mcp.store.sql.transaction import Statement
from interrupt_mcp.store.sqlite import langgraph_tables

OF_ALL_PROJECTS = {
    "audit.LAST_HASH",
    "audit.OF_ALL",
    "effects.SET",
    "threads.OWNER",
    "langgraph_tables.DELETE_THREAD[0]",
    "langgraph_tables.DELETE_THREAD[1]",
    "langgraph_tables.KEEP_WRITE",
    "langgraph_tables.PUT",
    "langgraph_tables.REPLACE_WRITE",
}
"""A new one is to be argued for: a statement is of the project that asks, or of a row that was looked up in it."""
OF_OTHER_PROJECTS = {
    "langgraph_tables.ANOTHERS",
    "langgraph_tables.ASKED_BELOW",
    "langgraph_tables.BELOW",
    "langgraph_tables.FAILED_TASKS",
    "langgraph_tables.NEWEST",
}
"""They name whoever asks so as to leave out what is another's, and see what is nobody's."""
SQLITES_OWN = re.compile(
    r"\browid\b|\bINSERT\s+OR\b|\bREPLACE\s+INTO\b|\bjson_\w+|\bPRAGMA\b|\?|\bstrftime\b|\bGLOB\b", re.I
)


def named(module: ModuleType) -> Iterator[tuple[str, Statement]]:
    """All statements of a module, those that are in lists too."""
    prefix = module.__name__.rpartition(".")[2]
    for name, value in vars(module).items():
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


def of_tables() -> Iterator[tuple[str, Statement]]:
    """What the store changes in LangGraph's own tables."""
    tables = langgraph_tables.LAYOUT
    for name in ("delete_step", "delete_thread", "copy_thread"):
        yield from ((f"LAYOUT.{name}", each) for each in getattr(tables, name))
    yield "LAYOUT.forget_error", tables.forget_error


SHARED = [
    *(
        each
        for found in iter_modules(shared.__path__)
        for each in named(import_module(f"{shared.__name__}.{found.name}"))
    ),
    *made(),
]


def test_there_is_a_list_of_the_statements_that_see_all_projects() -> None:
    found = [*SHARED, *named(langgraph_tables), *of_tables()]
    assert len(found) > 60
    assert {name for name, statement in found if statement.of_all_projects} == OF_ALL_PROJECTS
    assert {name for name, statement in found if "NOT seen(" in statement.sql} == OF_OTHER_PROJECTS


@pytest.mark.parametrize(("name", "statement"), SHARED)
def test_a_shared_statement_uses_nothing_that_only_one_database_has(name: str, statement: Statement) -> None:
    assert SQLITES_OWN.findall(statement.sql) == [], name
