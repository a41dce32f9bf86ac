"""LangGraph's tables in our database are those that LangGraph would make: it finds nothing to change in them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from interrupt_mcp.store.sqlite.database import Database

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]


def layout(path: Path) -> dict[str, set[tuple[str, str, int, int]]]:
    """Each table's columns: name, type, whether it must be there, place in the key."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: {
                (name, type_.upper(), must, place)
                for _, name, type_, must, _, place in connection.execute(f"PRAGMA table_info({table})")
            }
            for table in tables
        }


def versions(path: Path) -> list[list[tuple[int]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = ("store_migrations", "vector_migrations")
        return [connection.execute(f"SELECT v FROM {table} ORDER BY v").fetchall() for table in tables]


async def set_up_by_langgraph(path: Path) -> None:
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await AsyncSqliteStore(connection).setup()
        await AsyncSqliteSaver(connection).setup()


def add_vectors(path: Path) -> None:
    """As LangGraph does it, but for the extension, which not every Python can load."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE vector_migrations (v INTEGER PRIMARY KEY)")
        for version, script in enumerate(AsyncSqliteStore.VECTOR_MIGRATIONS):
            connection.executescript(script)
            connection.execute("INSERT INTO vector_migrations (v) VALUES (?)", (version,))
        connection.commit()


async def test_langgraph_finds_its_tables_as_it_would_have_made_them(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    Database(ours).close()
    made = layout(ours), versions(ours)
    await set_up_by_langgraph(ours)
    await set_up_by_langgraph(theirs)
    add_vectors(theirs)
    assert (layout(ours), versions(ours)) == made
    assert versions(theirs) == versions(ours)
    assert layout(theirs).items() <= layout(ours).items()
