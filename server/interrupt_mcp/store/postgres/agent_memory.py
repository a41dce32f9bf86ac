"""Agent memory on a PostgreSQL server: LangGraph's store, on connections of its own to the server itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import psycopg
from langgraph.store.base import BaseStore, Op, PutOp
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.store.postgres.channel_values import plain
from interrupt_mcp.store.postgres.connections import SCHEMA, SETTINGS, arguments, unavailable
from interrupt_mcp.store.postgres.database import Database
from interrupt_mcp.store.sql.agent_memory import ProjectMemory, sweeping

_Connection: TypeAlias = "psycopg.AsyncConnection[dict[str, Any]]"
_MOST = 4
"""Connections of one project's memory."""
_PATIENCE = 30.0
"""Seconds for which an agent waits for the server to be there again."""
_ATTEMPT = 0.5
"""Seconds after which a connection is asked for anew: a pool that failed to make one tries again only then."""
_LAYING_OUT = 120.0
"""Seconds for which it is waited until another process has laid out the index."""
_PAUSE = 0.2
_PATH = f"""
SELECT set_config('search_path', concat_ws(', ', '{SCHEMA}', (
    SELECT quote_ident(nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'vector')), false)
"""
"""The extension may lie in another schema."""
_TURN = "SELECT pg_try_advisory_lock(hashtextextended('interrupt_mcp agent memory', 0)) AS mine"
_END_TURN = "SELECT pg_advisory_unlock(hashtextextended('interrupt_mcp agent memory', 0))"
_LAID_OUT = f"SELECT to_regclass('{SCHEMA}.vector_migrations') AS found"
_VERSION = "SELECT max(v) AS version FROM vector_migrations"
_NEEDS = (
    "The index of agents' memory needs the extension pgvector in the database {address};"
    " have it installed there, and `CREATE EXTENSION vector` run by one who may"
)


class _Memory(ProjectMemory):
    """Keeps of a value what JSON of PostgreSQL's can hold."""

    def _below(self, op: Op) -> Op:
        if isinstance(op, PutOp) and op.value is not None:
            op = op._replace(value=plain(op.value))
        return super()._below(op)


class _Pool(AsyncConnectionPool[_Connection]):
    """Waits for the server to be there again."""

    async def getconn(self, timeout: float | None = None) -> _Connection:  # noqa: ASYNC109  as the pool has it
        until = time.monotonic() + (_PATIENCE if timeout is None else timeout)
        while True:
            try:
                return await super().getconn(_ATTEMPT)
            except PoolTimeout:
                if time.monotonic() > until:
                    raise


@asynccontextmanager
async def keeping(database: Database, project: str, config: Mapping[str, Any]) -> AsyncIterator[BaseStore]:
    """Open the project's store; `config` is `store` of `langgraph.json`: an `index` for semantic search, a `ttl`.

    The index's `embed` is anything that LangGraph's stores take.

    Raises:
        Unavailable: there is to be an index, which cannot be laid out.
    """
    ttl, index = config.get("ttl") or None, config.get("index") or None
    async with _pool(database.address) as pool:
        inner = AsyncPostgresStore(pool, index=index, ttl=ttl)
        if index:
            await _lay_out(database.address, pool, inner)
        async with sweeping(inner, ttl):
            yield _Memory(inner, project)


def _pool(address: PostgresServer) -> _Pool:
    return _Pool(
        kwargs=arguments(address.straight),
        # Most agents remember nothing.
        min_size=0,
        max_size=_MOST,
        configure=_prepare,
        check=_Pool.check_connection,
        reconnect_timeout=1.0,
        open=False,
        name="interrupt-mcp-memory",
    )


async def _prepare(connection: _Connection) -> None:
    await connection.execute(SETTINGS)
    await connection.execute(_PATH)


async def _lay_out(address: PostgresServer, pool: _Pool, store: AsyncPostgresStore) -> None:
    """Lay out the index where that is not done, one process at a time.

    The turn is asked for and not waited for on the server: who waits there is waited for by who makes an index.
    """
    try:
        async with pool.connection() as connection:
            until = time.monotonic() + _LAYING_OUT
            while not await _is_laid_out(connection, len(store.VECTOR_MIGRATIONS)):
                if not await _one(connection, _TURN):
                    if time.monotonic() > until:
                        raise Unavailable(f"Another process lays out the index of agents' memory in {address}")
                    await asyncio.sleep(_PAUSE)
                    continue
                try:
                    await store.setup()
                finally:
                    await connection.execute(_END_TURN)
    except psycopg.Error as error:
        raise _refused(address, error) from error


async def _is_laid_out(connection: _Connection, count: int) -> bool:
    return await _one(connection, _LAID_OUT) is not None and await _one(connection, _VERSION) == count - 1


async def _one(connection: _Connection, sql: str) -> Any:
    row = await (await connection.execute(sql.encode())).fetchone()
    return next(iter(row.values())) if row else None


def _refused(address: PostgresServer, error: psycopg.Error) -> Error:
    missing = (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege)
    return Unavailable(_NEEDS.format(address=address)) if isinstance(error, missing) else unavailable(address, error)
