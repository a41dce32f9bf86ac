"""Agent memory: LangGraph's store, which keeps items across threads, in our database, each project's apart."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import aiosqlite
from langgraph.store.base import BaseStore, Item, ListNamespacesOp, MatchCondition, Op, PutOp, Result, SearchOp
from langgraph.store.sqlite.aio import AsyncSqliteStore

from interrupt_mcp.store.sqlite.database import BUSY_SECONDS, TO_THE_DISK, Database
from interrupt_mcp.store.sqlite.vectors import VectorConnection

_BARE = "interrupt_mcp_value"
"""The key of the object in which a text, a list or a number is kept: LangGraph's SQLite store keeps objects alone."""


class ProjectMemory(BaseStore):
    """A LangGraph store that keeps everything below a namespace of the project's own."""

    supports_ttl = True

    def __init__(self, inner: BaseStore, project: str) -> None:
        self._inner = inner
        self.ttl_config = inner.ttl_config
        # A namespace's labels have no dots, and a project's name may have some.
        self._root = f"project-{hashlib.sha256(project.encode()).hexdigest()[:16]}"

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        return [self._seen(result) for result in self._inner.batch([self._below(op) for op in ops])]

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        return [self._seen(result) for result in await self._inner.abatch([self._below(op) for op in ops])]

    def _below(self, op: Op) -> Op:
        if isinstance(op, ListNamespacesOp):
            inside = [self._condition(c) for c in op.match_conditions or ()]
            if not any(c.match_type == "prefix" for c in inside):
                inside.append(MatchCondition("prefix", (self._root,)))
            depth = None if op.max_depth is None else op.max_depth + 1
            return op._replace(match_conditions=tuple(inside), max_depth=depth)
        if isinstance(op, SearchOp):
            return op._replace(namespace_prefix=(self._root, *op.namespace_prefix))
        if isinstance(op, PutOp) and not (op.value is None or isinstance(op.value, Mapping)):
            op = op._replace(value={_BARE: op.value})
        return op._replace(namespace=(self._root, *op.namespace))

    def _condition(self, condition: MatchCondition) -> MatchCondition:
        if condition.match_type != "prefix":
            return condition
        return MatchCondition("prefix", (self._root, *condition.path))

    def _seen(self, result: Result) -> Result:
        if isinstance(result, Item):
            result.namespace = result.namespace[1:]
            if result.value.keys() == {_BARE}:
                result.value = result.value[_BARE]
        elif isinstance(result, list):
            return cast("Result", [self._seen(each) if isinstance(each, Item) else each[1:] for each in result])
        return result


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
        if ttl and ttl.get("sweep_interval_minutes"):
            await inner.start_ttl_sweeper()
        try:
            yield ProjectMemory(inner, project)
        finally:
            await inner.stop_ttl_sweeper()
            # It leaves its task to the event loop, which complains on stderr when it closes.
            if (task := inner._task) is not None:
                task.cancel()
                await asyncio.wait([task])


def _index(said: Mapping[str, Any] | None) -> Any:
    """Return the index in the words of LangGraph's SQLite store, where fields have another name."""
    if not said:
        return None
    return {**said, **({"text_fields": list(said["fields"])} if said.get("fields") else {})}
