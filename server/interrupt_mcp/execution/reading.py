"""Reading a thread's state, also where the agent's own reducers or validators refuse what is in it.

LangGraph merges what unfinished steps wrote, and makes the input of the nodes that run next, whenever it is asked how a
thread stands; where either raises, it answers nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph._internal._constants import CONFIG_KEY_CHECKPOINTER
from langgraph.checkpoint.base import CheckpointTuple

from interrupt_mcp.errors import Error, Unreadable
from interrupt_mcp.execution.trial import sentence_of

RUN_MARK = "interrupt_mcp_run"
"""Key in a checkpoint's metadata: the run that made it, so that a run's input is applied once."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What can be told of a checkpoint from which nothing can go on."""

    saved: CheckpointTuple
    values: Any
    """What the checkpoint itself holds of the state."""
    why: str
    """Why nothing can go on from it."""

    @property
    def run_id(self) -> str:
        """The run that wrote the checkpoint; empty where no run of ours did."""
        return str(self.saved.metadata.get(RUN_MARK, ""))


async def state_of(graph: Any, config: RunnableConfig) -> Any:
    """Return LangGraph's snapshot, without what an unfinished step wrote if that cannot be merged; or else `Unread`.

    The config names the checkpointer where it is about a graph within.

    Raises:
        Unreadable: the checkpoint itself cannot be loaded.
    """
    conf = config["configurable"]
    try:
        return await graph.aget_state(config)
    except Exception as error:
        saved = await _saved(conf.get(CONFIG_KEY_CHECKPOINTER) or graph.checkpointer, config)
        if saved is None:
            raise
        if not conf.get("checkpoint_id"):
            return await state_of(graph, {"configurable": {**conf, "checkpoint_id": saved.checkpoint["id"]}})
        kept = saved.checkpoint["channel_values"]
        values = {name: kept[name] for name in graph.stream_channels_list if name in kept}
        return Unread(saved, values, sentence_of(error))


async def states_of(graph: Any, config: RunnableConfig, limit: int, before: RunnableConfig | None) -> list[Any]:
    """Return what `state_of` returns for the thread's checkpoints, newest first."""
    try:
        return [state async for state in graph.aget_state_history(config, limit=limit, before=before)]
    except Exception:  # noqa: BLE001  whatever it was: they are read one by one, and each says what is wrong with it
        conf = {**config["configurable"], "checkpoint_ns": ""}
        found = graph.checkpointer.alist({"configurable": conf}, limit=limit, before=before)
        with _loading(conf["thread_id"]):
            saved = [each async for each in found]
        return [await state_of(graph, each.config) for each in saved]


async def _saved(saver: Any, config: RunnableConfig) -> CheckpointTuple | None:
    with _loading(config["configurable"]["thread_id"]):
        found: CheckpointTuple | None = await saver.aget_tuple(config)
    return found


@contextmanager
def _loading(thread_id: str) -> Iterator[None]:
    """Say of whose state it is that what is read within this context cannot be loaded."""
    try:
        yield
    except Error:
        raise
    except Exception as error:
        raise Unreadable(f"What is kept of thread {thread_id} cannot be loaded: {sentence_of(error)}") from error
