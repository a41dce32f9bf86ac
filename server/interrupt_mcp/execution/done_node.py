"""A node that is taken as done: its task gets the writes of one that ran and gave what a person says it changed.

LangGraph makes such writes when a state is updated as a node; but that begins a new step, which drops what the other
tasks of this one did and still have to do. So they are made without being saved, and saved as those of the task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph._internal._constants import NO_WRITES
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from interrupt_mcp.model import JsonObject


@dataclass(frozen=True, slots=True)
class DoneNode:
    """A task whose node is not run."""

    node: str
    task_id: str
    values: JsonObject
    """The update of the state that stands for what the node gives."""


class _Draft(BaseCheckpointSaver[Any]):
    """A checkpointer that reads what there is, and only notes the writes that it is told to keep."""

    def __init__(self, saver: Any) -> None:
        super().__init__(serde=saver.serde)
        self._saver = saver
        self.writes: list[tuple[str, Any]] = []

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Read what there is."""
        found: CheckpointTuple | None = await self._saver.aget_tuple(config)
        return found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep nothing of the checkpoint."""
        del metadata, new_versions
        return {"configurable": {**config["configurable"], "checkpoint_id": checkpoint["id"]}}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Note the writes."""
        del config, task_id, task_path
        self.writes += writes

    def get_next_version(self, current: Any, channel: Any) -> Any:
        """Return the version that the graph's own checkpointer gives."""
        return self._saver.get_next_version(current, channel)


async def take_as_done(graph: Any, config: RunnableConfig, nodes: Sequence[DoneNode]) -> None:
    """Save what stands for these tasks at the latest checkpoint, so that they do not run again."""
    for each in nodes:
        draft = _Draft(graph.checkpointer)
        drafting = graph.copy(update={"checkpointer": draft})
        await drafting.aupdate_state(config, each.values, as_node=each.node, task_id=each.task_id)
        latest = await graph.checkpointer.aget_tuple(config)
        await graph.checkpointer.aput_writes(latest.config, draft.writes or [(NO_WRITES, None)], each.task_id)
