"""LangGraph's checkpoints, in LangGraph's table layout, written through the journal, in order with all else.

What the checkpointers of databases that speak SQL share: each reads as LangGraph's own for that database does.
"""

import builtins
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, ClassVar, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.types import ERROR, INTERRUPT

from interrupt_mcp.errors import Forbidden
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.store.checkpoint_ids import make_greater_than
from interrupt_mcp.store.records import FailedTask, Reach
from interrupt_mcp.store.sql.order import Journal, NothingWritten
from interrupt_mcp.store.sql.statements.checkpoints import CheckpointStatements
from interrupt_mcp.store.sql.transaction import Row, Statement, Transaction, Unit, Values, bound
from interrupt_mcp.text.redaction import said

T = TypeVar("T")
_PULLED = "~__pregel_pull, "
"""How LangGraph begins the path of a task that an edge led to; the node's name follows."""
HANDLED = "__error_source_node__"
"""LangGraph's mark (1.2) on the writes of a task whose error goes to an error handler of the graph."""
_LONGEST_ERROR = 2000


class SqlCheckpoints(BaseCheckpointSaver[str]):
    """The checkpointer of one drive, or, without a journal, of somebody who only looks.

    A write returns as soon as it has its place in the journal, and LangGraph goes on while it is being kept. A read
    waits for the writes before it, and sees nothing of a thread that is not within reach; one that an agent inside a
    tool has for itself is.
    """

    statements: ClassVar[CheckpointStatements]

    def keep_within(self, reach: Reach, journal: Journal | None) -> None:
        """Have it read within this reach, and write to this journal."""
        self._reach = reach
        self._journal = journal or NothingWritten()

    @abstractmethod
    def find(self, sql: str, values: Values) -> Sequence[Row]:
        """Return all rows of one look-up."""

    @abstractmethod
    def found(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return what LangGraph's own `get_tuple` does."""

    @abstractmethod
    def every(self, config: RunnableConfig | None, **narrowed: Any) -> Sequence[CheckpointTuple]:
        """Return all that LangGraph's own `list` does."""

    @abstractmethod
    async def aside(self, read: Callable[[], T]) -> T:
        """Have something read without blocking the event loop for longer than a look-up of this database takes."""

    @abstractmethod
    def putting(
        self, place: Values, checkpoint: Checkpoint, metadata: Mapping[str, Any], new_versions: ChannelVersions
    ) -> Unit[None]:
        """Return the unit that saves a checkpoint; `place` is all of its row that is text."""

    async def keep_order(self, thread_id: str) -> None:
        """Have the checkpoints that are made from now on come after those that the thread has."""
        ((newest,),) = (row.values() for row in await self._aread(self.statements.newest, thread_id=thread_id))
        if newest is not None:
            make_greater_than(newest)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """See LangGraph's. For agents that are invoked synchronously inside a tool: it blocks its thread."""
        self._journal.settle()
        return self._got(config)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        await self._journal.settled()
        return await self.aside(partial(self._got, config))

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """See LangGraph's, which would keep a connection from one to the next."""
        self._journal.settle()
        yield from self._listed(config, filter, before, limit)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        await self._journal.settled()
        for found in await self.aside(partial(self._listed, config, filter, before, limit)):
            yield found

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint, from any thread; see LangGraph's, whose rows these are."""
        self._refuse_anothers(config)
        return self._put(config, checkpoint, metadata, new_versions)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        await self._arefuse_anothers(config)
        return self._put(config, checkpoint, metadata, new_versions)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save the writes of a task, from any thread; see LangGraph's, whose rows these are.

        Except those of a task that raised: LangGraph would give its answers again and ignore every later one, and
        would take it as done where it raised after its node, as a conditional edge does.
        """
        self._refuse_anothers(config)
        self._put_writes(config, writes, task_id, task_path)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await self._arefuse_anothers(config)
        self._put_writes(config, writes, task_id, task_path)

    def delete_thread(self, thread_id: str) -> None:
        self._refuse_anothers(_of(thread_id))
        self._delete_thread(str(thread_id))

    async def adelete_thread(self, thread_id: str) -> None:
        await self._arefuse_anothers(_of(thread_id))
        self._delete_thread(str(thread_id))

    async def failed_after(self, thread_id: str, langgraph_ids: Collection[str]) -> Sequence[FailedTask]:
        """Return the tasks that asked these and then failed, as far as they are on disk."""
        return [
            FailedTask(row["checkpoint_ns"], row["checkpoint_id"], row["task_id"])
            for row in await self._aread(self.statements.failed_tasks, thread_id=thread_id)
            if any(asked.id in langgraph_ids for asked in self.serde.loads_typed((row["type"], row["value"])))
        ]

    async def asked_below(self, thread_id: str) -> dict[str, str]:
        """Return the namespaces in which subgraphs, and agents inside tools, raised interrupts, by LangGraph's id."""
        return {interrupt_id: row["checkpoint_ns"] for interrupt_id, row in (await self._below(thread_id)).items()}

    async def nodes_below(self, thread_id: str) -> dict[str, str]:
        """Return the nodes that raised those, by LangGraph's id; not nodes that a `Send` ran, as for tool calls."""
        return {
            interrupt_id: row["task_path"].removeprefix(_PULLED)
            for interrupt_id, row in (await self._below(thread_id)).items()
            if row["task_path"].startswith(_PULLED)
        }

    async def namespaces(self, thread_id: str) -> frozenset[str]:
        """Return the namespaces of the subgraphs and of the agents inside tools that began on the thread."""
        await self._journal.settled()
        return frozenset(row["checkpoint_ns"] for row in await self._aread(self.statements.below, thread_id=thread_id))

    async def _below(self, thread_id: str) -> Mapping[str, Row]:
        """Return the rows of those interrupts, by id; each in the innermost graph, as those around keep it too."""
        await self._journal.settled()
        rows = await self._aread(self.statements.asked_below, thread_id=thread_id)
        return {interrupt.id: row for row in rows for interrupt in self.serde.loads_typed((row["type"], row["value"]))}

    def _got(self, config: RunnableConfig) -> CheckpointTuple | None:
        return None if self._is_anothers(config) else self.found(config)

    def _listed(
        self,
        config: RunnableConfig | None,
        filter: dict[str, Any] | None,
        before: RunnableConfig | None,
        limit: int | None,
    ) -> Sequence[CheckpointTuple]:
        if config is None:
            every = self.every(None, filter=filter, before=before)
            return tuple(islice((each for each in every if not self._is_anothers(each.config)), limit))
        if self._is_anothers(config):
            return ()
        return self.every(config, filter=filter, before=before, limit=limit)

    def _put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        conf = config["configurable"]
        place = {
            "thread_id": str(conf["thread_id"]),
            "checkpoint_ns": conf["checkpoint_ns"],
            "checkpoint_id": checkpoint["id"],
        }
        # A run's context is visible as its `configurable`, and may hold secrets, which LangGraph would keep here.
        told = get_checkpoint_metadata({"metadata": config.get("metadata", {})}, metadata)
        row = {**place, "parent_checkpoint_id": conf.get("checkpoint_id")}
        self._journal.submit(self.putting(row, checkpoint, told, new_versions))
        return {"configurable": place}

    def _put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> None:
        channels = {channel for channel, _ in writes}
        if ERROR in channels and HANDLED not in channels:
            writes = [(channel, value) for channel, value in writes if channel in (ERROR, INTERRUPT)]
        writes = [(channel, _told(value) if channel == ERROR else value) for channel, value in writes]
        replaces = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        statement = self.statements.replace_write if replaces else self.statements.keep_write
        rows = self._rows(config["configurable"], writes, task_id, task_path)
        self._journal.submit(lambda tx: tx.run_each(statement, rows))

    def _rows(
        self, conf: Mapping[str, Any], writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Sequence[Values]:
        place = {name: str(conf[name]) for name in ("thread_id", "checkpoint_ns", "checkpoint_id")}
        rows = []
        for idx, (channel, value) in enumerate(writes):
            kind, blob = self.serde.dumps_typed(value)
            at = {"task_id": task_id, "task_path": task_path, "idx": WRITES_IDX_MAP.get(channel, idx)}
            rows.append({**place, **at, "channel": channel, "type": kind, "value": blob})
        return rows

    def _delete_thread(self, thread_id: str) -> None:
        def delete(tx: Transaction) -> None:
            for statement in self.statements.delete_thread:
                tx.do(statement, thread_id=thread_id)

        self._journal.submit(delete)

    def _is_anothers(self, config: RunnableConfig) -> bool:
        thread_id = config["configurable"]["thread_id"]
        return thread_id != self._journal.thread_id and bool(
            self.find(*bound(self.statements.anothers, {"thread_id": str(thread_id)}, self._reach))
        )

    def _refuse_anothers(self, config: RunnableConfig) -> None:
        """Refuse to write to a thread that is not within reach, whatever id an agent's code gives to one of its own.

        Raises:
            Forbidden: it is somebody else's.
        """
        if self._is_anothers(config):
            name = name_of(str(config["configurable"]["thread_id"]))
            raise Forbidden(f"Thread {name} is somebody else's, and no agent of yours writes there")

    async def _arefuse_anothers(self, config: RunnableConfig) -> None:
        # Most writes are to the thread of the run that is driven, and have their place in the journal at once.
        if config["configurable"]["thread_id"] != self._journal.thread_id:
            await self.aside(partial(self._refuse_anothers, config))

    async def _aread(self, statement: Statement, **values: Any) -> builtins.list[Row]:
        return [*await self.aside(partial(self.find, *bound(statement, values, self._reach)))]


def _of(thread_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id}}


def _told(error: Any) -> Any:
    """Return what a task raised as a text without secrets; LangGraph itself would keep no more than a text, either."""
    return said(error, _LONGEST_ERROR) if isinstance(error, BaseException) else error
