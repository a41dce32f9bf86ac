"""LangGraph's checkpoints, in LangGraph's table layout, written by the store's one writer, in order with all else.

Reads are langgraph-checkpoint-sqlite's own, on the connection of all reads.
"""

import json
import sqlite3
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.types import ERROR, INTERRUPT
from langgraph.checkpoint.sqlite import SqliteSaver

from interrupt_mcp.errors import Forbidden
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.store.checkpoint_ids import make_greater_than
from interrupt_mcp.store.compression import Compressed
from interrupt_mcp.store.records import FailedTask, Reach
from interrupt_mcp.store.serializer import Strict, Types
from interrupt_mcp.store.sql.transaction import Statement, Transaction, Unit, Values, bound
from interrupt_mcp.store.sqlite import langgraph_tables as tables
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.text.redaction import said

_PULLED = "~__pregel_pull, "
"""How LangGraph begins the path of a task that an edge led to; the node's name follows."""
HANDLED = "__error_source_node__"
"""LangGraph's mark (1.2) on the writes of a task whose error goes to an error handler of the graph."""
_LONGEST_ERROR = 2000


class Journal(Protocol):
    """What the checkpointer writes to, in order; nothing is kept after a write that failed."""

    @property
    def thread_id(self) -> str:
        """The thread of the run that is driven, which is within reach; empty if there is none."""

    def submit(self, unit: Unit[None]) -> object:
        """Have the unit run in a transaction, after all that were submitted before; from any thread."""

    async def settled(self) -> None:
        """Wait until all that a read needs is on disk; raise the error of a write that failed."""

    def settle(self) -> None:
        """Wait as `settled` does, blocking the thread."""


class _NothingWritten:
    """The journal of somebody who only looks."""

    thread_id = ""

    def submit(self, unit: Unit[None]) -> object:
        raise RuntimeError(f"This checkpointer only reads; {unit!r} is not written.")

    async def settled(self) -> None:
        pass

    def settle(self) -> None:
        pass


class Checkpointer(SqliteSaver):
    """The checkpointer of one drive, or, without a journal, of somebody who only looks.

    A write returns as soon as it has its place in the journal, and LangGraph goes on while it is being kept. A read
    waits for the writes before it, and sees nothing of a thread that is not within reach; one that an agent inside a
    tool has for itself is.
    """

    def __init__(self, database: Database, reach: Reach, journal: Journal | None = None, types: Types = ()) -> None:
        """Values of LangGraph's own types and of `types` are read as objects; others as the plain data they hold."""
        super().__init__(database.reader, serde=Compressed(Strict(types)))
        self.is_setup = True
        self.lock = database.reading
        self._database = database
        self._reach = reach
        self._journal = journal or _NothingWritten()

    async def keep_order(self, thread_id: str) -> None:
        """Have the checkpoints that are made from now on come after those that the thread has."""
        ((newest,),) = self._read(tables.NEWEST, thread_id=thread_id)
        if newest is not None:
            make_greater_than(newest)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """See SqliteSaver.get_tuple. For agents that are invoked synchronously inside a tool: it blocks its thread."""
        self._journal.settle()
        return self._found(config)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        await self._journal.settled()
        return self._found(config)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """See SqliteSaver.list, which would keep the lock of all reads from one to the next."""
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
        for found in self._listed(config, filter, before, limit):
            yield found

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002  the inline layout has no use for them
    ) -> RunnableConfig:
        """Save a checkpoint, from any thread; see SqliteSaver.put, whose row this is."""
        conf = config["configurable"]
        thread_id, ns = str(conf["thread_id"]), conf["checkpoint_ns"]
        self._refuse_anothers(thread_id)
        kind, blob = self.serde.dumps_typed(checkpoint)
        # A run's context is visible as its `configurable`, and may hold secrets, which LangGraph would keep here.
        told: RunnableConfig = {"metadata": config.get("metadata", {})}
        meta = json.dumps(get_checkpoint_metadata(told, metadata), ensure_ascii=False).encode("utf-8", "ignore")
        row = {
            "thread_id": thread_id,
            "checkpoint_ns": ns,
            "checkpoint_id": checkpoint["id"],
            "parent_checkpoint_id": conf.get("checkpoint_id"),
            "type": kind,
            "checkpoint": blob,
            "metadata": meta,
        }
        self._journal.submit(lambda tx: tx.run_each(tables.PUT, [row]))
        return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint["id"]}}

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return self.put(config, checkpoint, metadata, new_versions)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save the writes of a task, from any thread; see SqliteSaver.put_writes, whose rows these are.

        Except those of a task that raised: LangGraph would give its answers again and ignore every later one, and
        would take it as done where it raised after its node, as a conditional edge does.
        """
        self._refuse_anothers(config["configurable"]["thread_id"])
        channels = {channel for channel, _ in writes}
        if ERROR in channels and HANDLED not in channels:
            writes = [(channel, value) for channel, value in writes if channel in (ERROR, INTERRUPT)]
        writes = [(channel, _told(value) if channel == ERROR else value) for channel, value in writes]
        statement = (
            tables.REPLACE_WRITE if all(channel in WRITES_IDX_MAP for channel, _ in writes) else tables.KEEP_WRITE
        )
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

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self.put_writes(config, writes, task_id, task_path)

    def delete_thread(self, thread_id: str) -> None:
        self._refuse_anothers(thread_id)

        def delete(tx: Transaction) -> None:
            for statement in tables.DELETE_THREAD:
                tx.run(statement, thread_id=str(thread_id))

        self._journal.submit(delete)

    async def adelete_thread(self, thread_id: str) -> None:
        self.delete_thread(thread_id)

    def _found(self, config: RunnableConfig) -> CheckpointTuple | None:
        return None if self._is_anothers(config["configurable"]["thread_id"]) else super().get_tuple(config)

    def _listed(
        self,
        config: RunnableConfig | None,
        filter: dict[str, Any] | None,
        before: RunnableConfig | None,
        limit: int | None,
    ) -> Sequence[CheckpointTuple]:
        if config is None:
            every = super().list(None, filter=filter, before=before)
            ours = (each for each in tuple(every) if not self._is_anothers(each.config["configurable"]["thread_id"]))
            return tuple(islice(ours, limit))
        if self._is_anothers(config["configurable"]["thread_id"]):
            return ()
        return tuple(super().list(config, filter=filter, before=before, limit=limit))

    def _is_anothers(self, thread_id: str) -> bool:
        return thread_id != self._journal.thread_id and bool(self._read(tables.ANOTHERS, thread_id=str(thread_id)))

    def _refuse_anothers(self, thread_id: str) -> None:
        """Refuse to write to a thread that is not within reach, whatever id an agent's code gives to one of its own.

        Raises:
            Forbidden: it is somebody else's.
        """
        if self._is_anothers(thread_id):
            raise Forbidden(f"Thread {name_of(str(thread_id))} is somebody else's, and no agent of yours writes there")

    async def failed_after(self, thread_id: str, langgraph_ids: Collection[str]) -> Sequence[FailedTask]:
        """Return the tasks that asked these and then failed, as far as they are on disk."""
        return [
            FailedTask(row["checkpoint_ns"], row["checkpoint_id"], row["task_id"])
            for row in self._read(tables.FAILED_TASKS, thread_id=thread_id, asked=INTERRUPT, failed=ERROR)
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

    async def _below(self, thread_id: str) -> dict[str, sqlite3.Row]:
        """Return the rows of those interrupts, by id; each in the innermost graph, as those around keep it too."""
        await self._journal.settled()
        rows = self._read(tables.ASKED_BELOW, thread_id=thread_id, asked=INTERRUPT)
        return {interrupt.id: row for row in rows for interrupt in self.serde.loads_typed((row["type"], row["value"]))}

    async def namespaces(self, thread_id: str) -> frozenset[str]:
        """Return the namespaces of the subgraphs and of the agents inside tools that began on the thread."""
        await self._journal.settled()
        return frozenset(row["checkpoint_ns"] for row in self._read(tables.BELOW, thread_id=thread_id))

    def _read(self, statement: Statement, **values: Any) -> Sequence[sqlite3.Row]:
        return self._database.read(*bound(statement, values, self._reach))


def _told(error: Any) -> Any:
    """Return what a task raised as a text without secrets; LangGraph itself would keep no more than a text, either."""
    return said(error, _LONGEST_ERROR) if isinstance(error, BaseException) else error
