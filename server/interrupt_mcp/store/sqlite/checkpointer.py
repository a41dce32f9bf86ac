"""LangGraph's checkpoints on SQLite: reads are langgraph-checkpoint-sqlite's own, on the connection of all reads."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointTuple
from langgraph.checkpoint.sqlite import SqliteSaver

from interrupt_mcp.store.compression import Compressed
from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.serializer import Strict, Types
from interrupt_mcp.store.sql.checkpoints import SqlCheckpoints, T
from interrupt_mcp.store.sql.order import Journal
from interrupt_mcp.store.sql.transaction import Row, Unit, Values
from interrupt_mcp.store.sqlite import langgraph_tables as tables
from interrupt_mcp.store.sqlite.database import Database


class Checkpointer(SqlCheckpoints, SqliteSaver):
    """See `SqlCheckpoints`."""

    statements = tables.STATEMENTS

    def __init__(self, database: Database, reach: Reach, journal: Journal | None = None, types: Types = ()) -> None:
        """Values of LangGraph's own types and of `types` are read as objects; others as the plain data they hold."""
        super().__init__(database.reader, serde=Compressed(Strict(types)))
        self.is_setup = True
        self.lock = database.reading
        self._database = database
        self.keep_within(reach, journal)

    def find(self, sql: str, values: Values) -> Sequence[Row]:
        return [dict(row) for row in self._database.read(sql, values)]

    def found(self, config: RunnableConfig) -> CheckpointTuple | None:
        return SqliteSaver.get_tuple(self, config)

    def every(self, config: RunnableConfig | None, **narrowed: Any) -> Sequence[CheckpointTuple]:
        return tuple(SqliteSaver.list(self, config, **narrowed))

    async def aside(self, read: Callable[[], T]) -> T:
        # By an index, in a file: a thread would take longer.
        return read()

    def putting(
        self,
        place: Values,
        checkpoint: Checkpoint,
        metadata: Mapping[str, Any],
        new_versions: ChannelVersions,  # noqa: ARG002  the inline layout has no use for them
    ) -> Unit[None]:
        kind, blob = self.serde.dumps_typed(checkpoint)
        meta = json.dumps(metadata, ensure_ascii=False).encode("utf-8", "ignore")
        row = {**place, "type": kind, "checkpoint": blob, "metadata": meta}
        return lambda tx: tx.run_each(tables.PUT, [row])
