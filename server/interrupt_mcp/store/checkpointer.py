"""LangGraph's checkpoints, in LangGraph's table layout, written by the store's one writer.

Reads are langgraph-checkpoint-sqlite's own, on a connection of their own. Every write carries the driver's epoch and
is refused in the same transaction once the run has another driver or has ended.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.serde.types import ERROR, INTERRUPT
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from interrupt_mcp.store.compression import Compressed
from interrupt_mcp.store.database import BUSY_SECONDS, Database
from interrupt_mcp.store.order import make_greater_than

PUT = """
INSERT OR REPLACE INTO checkpoints
    (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
PUT_WRITES = """
INSERT OR {} INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
NEWEST = "SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?"
FAILED_TASKS = """
SELECT e.rowid AS error, i.type, i.value
FROM writes e JOIN writes i USING (thread_id, checkpoint_ns, checkpoint_id, task_id)
WHERE thread_id = ? AND i.channel = ? AND e.channel = ?
  AND checkpoint_id = (SELECT max(c.checkpoint_id) FROM checkpoints c
                       WHERE c.thread_id = e.thread_id AND c.checkpoint_ns = e.checkpoint_ns)
"""
ASKED_BELOW = """
SELECT checkpoint_ns, type, value FROM writes
WHERE thread_id = ? AND channel = ? AND checkpoint_ns > '' ORDER BY length(checkpoint_ns)
"""

HANDLED = "__error_source_node__"
"""LangGraph's mark (1.2) on the writes of a task whose error goes to an error handler of the graph."""

Fence = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """The connection on which all drives of a process read, one after another.

    Looks that overlap on one connection all see the file as it was when the first of them began.
    """

    connection: aiosqlite.Connection
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Checkpointer(AsyncSqliteSaver):
    """The checkpointer of one drive. `fence` raises where this driver may write no more."""

    def __init__(self, database: Database, reader: Reader, fence: Fence) -> None:
        super().__init__(reader.connection, serde=Compressed(JsonPlusSerializer()))
        self.lock = reader.lock
        self.is_setup = True
        self._database = database
        self._fence = fence

    def keep_order(self, thread_id: str) -> None:
        """See that the checkpoints that are made from here on come after those that the thread has."""
        ((newest,),) = self._database.read(NEWEST, (thread_id,))
        if newest is not None:
            make_greater_than(newest)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002  the inline layout has no use for them
    ) -> RunnableConfig:
        """Save a checkpoint; see AsyncSqliteSaver.aput, whose row this is."""
        conf = config["configurable"]
        thread_id, ns = str(conf["thread_id"]), conf["checkpoint_ns"]
        kind, blob = self.serde.dumps_typed(checkpoint)
        meta = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False).encode("utf-8", "ignore")
        row = (thread_id, ns, checkpoint["id"], conf.get("checkpoint_id"), kind, blob, meta)
        await self._database.write(lambda conn: self._put(conn, PUT, [row]))
        return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint["id"]}}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save the writes of a task; see AsyncSqliteSaver.aput_writes, whose rows these are.

        Except those of a task that raised: LangGraph would give its answers again and ignore every later one, and
        would take it as done where it raised after its node, as a conditional edge does.
        """
        channels = {channel for channel, _ in writes}
        if ERROR in channels and HANDLED not in channels:
            writes = [(channel, value) for channel, value in writes if channel in (ERROR, INTERRUPT)]
        conf = config["configurable"]
        place = (str(conf["thread_id"]), str(conf["checkpoint_ns"]), str(conf["checkpoint_id"]), task_id, task_path)
        rows = [
            (*place, WRITES_IDX_MAP.get(channel, idx), channel, *self.serde.dumps_typed(value))
            for idx, (channel, value) in enumerate(writes)
        ]
        verb = "REPLACE" if all(channel in WRITES_IDX_MAP for channel, _ in writes) else "IGNORE"
        await self._database.write(lambda conn: self._put(conn, PUT_WRITES.format(verb), rows))

    async def adelete_thread(self, thread_id: str) -> None:
        def unit(conn: sqlite3.Connection) -> None:
            self._fence(conn)
            for table in ("checkpoints", "writes"):
                conn.execute(f"DELETE FROM {table} WHERE thread_id = ?", (str(thread_id),))

        await self._database.write(unit)

    async def forget_errors(self, thread_id: str, langgraph_ids: Collection[str]) -> None:
        """Forget that tasks which asked these failed, so that they stand where they asked."""

        def unit(conn: sqlite3.Connection) -> None:
            self._fence(conn)
            for row in conn.execute(FAILED_TASKS, (thread_id, INTERRUPT, ERROR)).fetchall():
                asked = self.serde.loads_typed((row["type"], row["value"]))
                if any(interrupt.id in langgraph_ids for interrupt in asked):
                    conn.execute("DELETE FROM writes WHERE rowid = ?", (row["error"],))

        await self._database.write(unit)

    def asked_below(self, thread_id: str) -> dict[str, str]:
        """Interrupts of subgraphs and of agents inside tools, by id, with the namespace they were raised in."""
        rows = self._database.read(ASKED_BELOW, (thread_id, INTERRUPT))
        return {
            interrupt.id: row["checkpoint_ns"]
            for row in rows
            for interrupt in self.serde.loads_typed((row["type"], row["value"]))
        }

    def _put(self, conn: sqlite3.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self._fence(conn)
        conn.executemany(sql, rows)


@asynccontextmanager
async def reading(database: Database) -> AsyncIterator[Reader]:
    """What checkpoints are read with."""
    async with aiosqlite.connect(database.path, timeout=BUSY_SECONDS) as connection:
        await connection.execute("PRAGMA query_only = ON")
        yield Reader(connection)
