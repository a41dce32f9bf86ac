"""LangGraph's checkpoints on a PostgreSQL server: reads are langgraph-checkpoint-postgres' own, by threads beside."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointTuple, DeltaChannelHistory
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.base import BasePostgresSaver

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.store.compression import Compressed
from interrupt_mcp.store.postgres import langgraph_tables as tables
from interrupt_mcp.store.postgres.channel_values import json_of, parted
from interrupt_mcp.store.postgres.connections import Connection
from interrupt_mcp.store.postgres.database import Database
from interrupt_mcp.store.postgres.transactions import translated
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.serializer import Strict, Types
from interrupt_mcp.store.sql.checkpoints import SqlCheckpoints, T
from interrupt_mcp.store.sql.order import Journal
from interrupt_mcp.store.sql.transaction import Row, Transaction, Unit, Values

_History = Mapping[str, DeltaChannelHistory]
_BRANCHES = ("fork", "update")
"""How LangGraph calls the source of a checkpoint that goes on from any other."""


class Checkpointer(SqlCheckpoints, BasePostgresSaver):
    """See `SqlCheckpoints`."""

    statements = tables.STATEMENTS

    def __init__(self, database: Database, reach: Reach, journal: Journal | None = None, types: Types = ()) -> None:
        """Values of LangGraph's own types and of `types` are read as objects; others as the plain data they hold."""
        super().__init__(serde=Compressed(Strict(types)))
        self._database = database
        self._drives = journal is not None
        self.keep_within(reach, journal)

    def get_delta_channel_history(self, *, config: RunnableConfig, channels: Sequence[str]) -> _History:
        self._journal.settle()
        return self._history(config, channels)

    async def aget_delta_channel_history(self, *, config: RunnableConfig, channels: Sequence[str]) -> _History:
        await self._journal.settled()
        return await self.aside(partial(self._history, config, channels))

    def find(self, sql: str, values: Values) -> Sequence[Row]:
        return self._ask(lambda connection: connection.execute(translated(sql), values).fetchall())

    def found(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self._ask(lambda connection: self._theirs(connection).get_tuple(config))

    def every(self, config: RunnableConfig | None, **narrowed: Any) -> Sequence[CheckpointTuple]:
        return self._ask(lambda connection: tuple(self._theirs(connection).list(config, **narrowed)))

    async def aside(self, read: Callable[[], T]) -> T:
        return await result_of(self._database.readers.submit(read))

    def putting(
        self, place: Values, checkpoint: Checkpoint, metadata: Mapping[str, Any], new_versions: ChannelVersions
    ) -> Unit[None]:
        inline, values = parted(checkpoint)
        row = {**place, "checkpoint": inline, "metadata": json_of(metadata)}
        # Where a branch begins, the checkpoints that have the others may be deleted any moment.
        versions = checkpoint["channel_versions"] if metadata.get("source") in _BRANCHES else new_versions
        blobs = [self._blob(place, name, versions[name], values[name]) for name in values if name in versions]

        def unit(tx: Transaction) -> None:
            tx.run_each(tables.PUT_BLOB, blobs)
            tx.run_each(tables.PUT, [row])

        return unit

    def _blob(self, place: Values, channel: str, version: Any, value: Any) -> Values:
        kind, blob = self.serde.dumps_typed(value)
        at = {name: place[name] for name in ("thread_id", "checkpoint_ns")}
        return {**at, "channel": channel, "version": str(version), "type": kind, "blob": blob}

    def _history(self, config: RunnableConfig, channels: Sequence[str]) -> _History:
        if self._is_anothers(config):
            return {channel: {"writes": []} for channel in channels}
        return self._database.look(
            lambda opened: self._theirs(opened.connection).get_delta_channel_history(config=config, channels=channels)
        )

    def _ask(self, asks: Callable[[Connection], T]) -> T:
        return self._database.ask(asks, driving=self._drives)

    def _theirs(self, connection: Connection) -> PostgresSaver:
        """Return LangGraph's own on the connection, for what it reads."""
        return PostgresSaver(connection, serde=self.serde)
