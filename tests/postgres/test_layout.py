"""The tables on a PostgreSQL server: LangGraph's as it lays them out, ours as on SQLite, whoever comes first."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.store.postgres import PostgresStore
from psycopg.rows import dict_row

from interrupt_mcp.database import PostgresServer, SqliteFile
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.opening import inspecting, open_database, size_of
from interrupt_mcp.store.postgres.connections import SCHEMA
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.versions import SCHEMA_VERSION
from tests.postgres.cluster import PASSWORD
from tests.postgres.conftest import rows_of
from tests.postgres.sharing import shared
from tests.store.conftest import Open, started

pytestmark = [pytest.mark.postgres, pytest.mark.posix]
Ask = Callable[..., list[Any]]
_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = %s AND table_name = ANY(%s)
"""
"""Not the order of texts: LangGraph's is the database's, and that of ids is by their characters here."""
_KEYS = """
SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = %s::regnamespace AND c.relname = ANY(%s)
"""
_INDEXES = """
SELECT tablename, replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = %s AND tablename = ANY(%s)
"""
_LANGGRAPHS = (
    *("checkpoint_migrations", "checkpoints", "checkpoint_blobs", "checkpoint_writes"),
    *("store_migrations", "store"),
)
_ON_SQLITE_ALONE = {"writes", "vector_migrations", "store_vectors"}


def asked(url: str) -> Ask:
    def ask(sql: str, *values: Any) -> list[Any]:
        with psycopg.connect(url, autocommit=True) as connection:
            return connection.execute(sql.encode(), values or None).fetchall()

    return ask


def layout(ask: Ask, schema: str) -> dict[str, set[Any]]:
    made = {sql: {*ask(sql, schema, [*_LANGGRAPHS])} for sql in (_COLUMNS, _KEYS, _INDEXES)}
    versions = [{("v", *row) for row in ask(f"SELECT v FROM {schema}.{name}")} for name in _LANGGRAPHS if "mig" in name]
    return {**made, "versions": {frozenset(each) for each in versions}}


def test_langgraphs_tables_are_as_it_would_have_made_them(address: PostgresServer, empty: str) -> None:
    with psycopg.connect(empty, autocommit=True, row_factory=dict_row) as connection:
        PostgresSaver(connection).setup()
        PostgresStore(connection).setup()
    ours = layout(asked(address.url), SCHEMA)
    assert ours == layout(asked(empty), "public")
    with psycopg.connect(
        address.url, autocommit=True, row_factory=dict_row, options=f"-c search_path={SCHEMA}"
    ) as connection:
        PostgresSaver(connection).setup()
        PostgresStore(connection).setup()
    assert layout(asked(address.url), SCHEMA) == ours


def test_our_tables_have_the_columns_that_they_have_on_sqlite(address: PostgresServer, tmp_path: Path) -> None:
    open_database(SqliteFile(tmp_path / "state.db")).close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as file:
        tables = {
            name: {row[1] for row in file.execute(f"PRAGMA table_info({name})")}
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            if not name.startswith("sqlite_") and name not in {*_ON_SQLITE_ALONE, *_LANGGRAPHS}
        }
    assert len(tables) > 10
    with rows_of(address.url) as ask:
        for name, columns in tables.items():
            sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
            assert {column for (column,) in ask(sql, SCHEMA, name)} == columns, name


def test_processes_that_come_first_at_once_lay_it_out_once(empty: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as comers:
        coming = [comers.submit(open_database, PostgresServer(empty, tmp_path)) for _ in range(8)]
    for each in coming:
        each.result().close()
    assert asked(empty)(f"SELECT value FROM {SCHEMA}.meta WHERE key = 'schema'") == [(str(SCHEMA_VERSION),)]


@pytest.fixture
def stranger(empty: str) -> Iterator[str]:
    """The address at which somebody without rights comes to the database."""
    name = f"stranger_{empty.rpartition('/')[2]}"
    with psycopg.connect(shared().superuser, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        yield shared().url(empty.rpartition("/")[2], name)
        connection.execute(f"DROP ROLE {name}".encode())


def test_who_may_not_lay_it_out_is_told_what_to_run(empty: str, stranger: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"not laid out.*run `interrupt-mcp migrate` as one who may") as told:
        open_database(PostgresServer(stranger, tmp_path))
    assert PASSWORD not in str(told.value)
    assert asked(empty)("SELECT to_regnamespace(%s)", SCHEMA) == [(None,)]


def test_what_a_newer_version_laid_out_is_refused_and_told(address: PostgresServer) -> None:
    asked(address.url)(f"UPDATE {SCHEMA}.meta SET value = '99' WHERE key = 'schema' RETURNING 1")
    with pytest.raises(Unavailable, match=f"schema version 99, newer than this program's {SCHEMA_VERSION}"):
        open_database(address)
    with inspecting(address) as found:
        assert (found.condition.schema, found.condition.current) == (99, False)


def test_nobody_is_there_and_that_is_told_in_one_sentence_without_the_password(tmp_path: Path) -> None:
    nowhere = PostgresServer(f"postgresql://ann:{PASSWORD}@127.0.0.1:1/state?connect_timeout=2", tmp_path)
    for use in (open_database, size_of, lambda address: inspecting(address).__enter__()):
        with pytest.raises(Unavailable, match=r"^The database 127\.0\.0\.1:1/state cannot be used: ") as told:
            use(nowhere)
        assert PASSWORD not in str(told.value)
        assert "\n" not in str(told.value)


def test_an_inspection_changes_nothing(empty: str, tmp_path: Path) -> None:
    address = PostgresServer(empty, tmp_path)
    with inspecting(address) as found:
        condition = found.condition
    assert (condition.size, condition.schema, condition.newest) == (0, 0, SCHEMA_VERSION)
    assert (condition.journal_mode, condition.damage, condition.current) == ("postgresql", None, False)
    assert asked(empty)("SELECT to_regnamespace(%s)", SCHEMA) == [(None,)]


@pytest.mark.anyio
async def test_an_inspection_tells_what_is_there_and_writes_nothing(address: PostgresServer, opened: Open) -> None:
    store = opened()
    await store.journal(await started(store)).finish("done", None, 0)
    with inspecting(address) as found:
        assert found.condition.current
        assert found.condition.size == size_of(address) > 100_000
        counts = found.counts(Reach("project"))
        assert (counts.runs, counts.threads, counts.entries) == (1, 1, 2)
        looked = found.store(Reach("project"))
        assert (await looked.runs.get("run")).answer == "done"
        assert (await looked.audit.verify()).entries == 2
        with pytest.raises(Unavailable, match="only looked at"):
            await looked.threads.prune("thread", 1)
