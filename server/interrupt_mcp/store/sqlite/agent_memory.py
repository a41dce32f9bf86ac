"""Agent memory on SQLite: LangGraph's store, on a connection of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
from langgraph.store.base import BaseStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from interrupt_mcp.store.sql.agent_memory import ProjectMemory, sweeping
from interrupt_mcp.store.sqlite.database import BUSY_SECONDS, TO_THE_DISK, Database
from interrupt_mcp.store.sqlite.vectors import VectorConnection


@asynccontextmanager
async def keeping(database: Database, project: str, config: Mapping[str, Any]) -> AsyncIterator[BaseStore]:
    """Open the project's store; `config` is `store` of `langgraph.json`: an `index` for semantic search, a `ttl`.

    The index's `embed` is anything that LangGraph's stores take.
    """
    ttl = config.get("ttl") or None
    async with aiosqlite.connect(
        database.path, timeout=BUSY_SECONDS, isolation_level=None, factory=VectorConnection
    ) as connection:
        for setting in TO_THE_DISK:
            await connection.execute(f"PRAGMA {setting}")
        inner = AsyncSqliteStore(connection, index=_index(config.get("index")), ttl=ttl)
        await inner.setup()
        async with sweeping(inner, ttl):
            yield ProjectMemory(inner, project)


def _index(said: Mapping[str, Any] | None) -> Any:
    """Return the index in the words of LangGraph's SQLite store, where fields have another name."""
    if not said:
        return None
    return {**said, **({"text_fields": list(said["fields"])} if said.get("fields") else {})}
