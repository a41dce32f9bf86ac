"""Agent memory: LangGraph's store, which keeps items across threads, in our database, each project's apart."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol, cast

from langgraph.store.base import BaseStore, Item, ListNamespacesOp, MatchCondition, Op, PutOp, Result, SearchOp

_BARE = "interrupt_mcp_value"
"""The key of the object in which a text, a list or a number is kept: LangGraph's store on SQLite keeps objects alone.

On the others it is the same, so that what is kept may be moved.
"""


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


class Swept(Protocol):
    """LangGraph's store of a database, as far as what it does by itself begins and ends."""

    _task: "asyncio.Task[None] | None"

    async def start_ttl_sweeper(self) -> object:
        """Begin to delete what is over."""

    async def stop_ttl_sweeper(self) -> object:
        """Do so no more."""


@asynccontextmanager
async def sweeping(store: Swept, ttl: Mapping[str, Any] | None) -> AsyncIterator[None]:
    """Delete what is over, as often as `ttl` says, within this context, and end what the store does by itself."""
    if ttl and ttl.get("sweep_interval_minutes"):
        await store.start_ttl_sweeper()
    try:
        yield
    finally:
        await store.stop_ttl_sweeper()
        # It leaves its task to the event loop, which complains on stderr when it closes.
        if (task := store._task) is not None:
            task.cancel()
            await asyncio.wait([task])
