"""Durability: graphs within that keep no checkpoints run under `durability="sync"` like any other.

The drive has LangGraph hand over each checkpoint before it goes on (`"sync"`), so that the journal has it before
anything that comes after it. LangGraph passes that word on to graphs within, also to those compiled with
`checkpointer=False`, which have no checkpoint to wait for: they fail with `'SyncPregelLoop' object has no attribute
'_put_checkpoint_fut'` (langgraph 1.2). `"async"` would not do instead: under it a graph that runs in a thread hands its
checkpoints over from another one, maybe after a tool of the next step began.
"""

from collections.abc import Generator

from langgraph.pregel._loop import PregelLoop


class _NothingToKeep:
    """Stands for the checkpoint of a graph that keeps none: it was handed over before anybody asks."""

    def result(self) -> None:
        """Return at once, to a graph that runs in a thread."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


def install() -> None:
    """Let graphs without checkpoints run with any durability. Calling it again changes nothing."""
    if not hasattr(PregelLoop, "_put_checkpoint_fut"):
        PregelLoop._put_checkpoint_fut = _NothingToKeep()  # type: ignore[assignment]  # it is as good as one that is done
