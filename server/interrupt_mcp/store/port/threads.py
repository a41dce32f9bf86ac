"""What may be asked about threads, and kept of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from interrupt_mcp.model import Approver, Call, Json, JsonObject, RunId, ThreadId
from interrupt_mcp.store.port.runs import Enqueue
from interrupt_mcp.store.records import AskedCall, Done, NewRun, Origin, Thread


class Threads(Protocol):
    """The threads: their checkpoints, their branches, and how these are left and copied."""

    async def get(self, thread_id: str) -> Thread:
        """Return the thread.

        Raises:
            UnknownThread: there is no such thread.
        """

    async def own(self, thread_id: str) -> Thread:
        """Return the thread, which whoever asks may change.

        Raises:
            UnknownThread: there is no such thread.
            Forbidden: it is somebody else's.
        """

    async def id_of(self, name: str) -> ThreadId:
        """Return the id under which the thread is kept that whoever asks calls so: first of their own, then of others.

        Where there is none, it is the name, which stands for no thread.
        """

    async def id_for_start(self, name: str) -> ThreadId:
        """Return the id under which a thread of whoever asks is kept, or will be, that they call so.

        What somebody else calls so is another thread.
        """

    async def approver(self, thread_id: str) -> Approver:
        """Return who approves on the thread; where nothing is known of it, a person."""

    async def may_start(self, thread_id: str, agent: str) -> bool:
        """Return whether a run of the agent might start there: it is no other agent's, and no run is going on."""

    async def refuse_busy(self, thread_id: str) -> None:
        """Refuse where a run is going on.

        Raises:
            ThreadBusy: one is.
        """

    async def check_has(self, thread_id: str, checkpoint_id: str) -> None:
        """Refuse a checkpoint to which the thread cannot go back.

        Raises:
            UnknownCheckpoint: the thread has none of that id, or it is one of a graph inside the thread's graph.
        """

    async def head(self, thread_id: str) -> str | None:
        """Return the id of the thread's latest checkpoint; `None` where it has none."""

    async def last_seen(self, thread_id: str) -> str | None:
        """Return the id of the last checkpoint that a run wrote which whoever asks sees; `None` where none did."""

    async def branches(self, thread_id: str) -> Mapping[str, int]:
        """Return the number of each checkpoint's branch, by id: 1 is the first, and each later branch has the next."""

    async def context_at(self, thread_id: str, checkpoint_id: str) -> JsonObject | None:
        """Return the context of the run that wrote the checkpoint."""

    async def decided_behind(self, thread_id: str, checkpoint_id: str) -> Sequence[tuple[str, str]]:
        """Return the interrupts whose decisions led to this checkpoint since its run's input.

        Each is its code and the id of the checkpoint at which it asked. Where a checkpoint on the way is gone, all that
        was decided before this one counts.
        """

    async def effects(self, thread_id: str) -> Sequence[tuple[str, Done]]:
        """Return all effects on all branches of the thread, each with the id of the checkpoint it belongs to.

        Where that is not known, because the task never ended, it is the run's last checkpoint.
        """

    async def asked_calls(self, thread_id: str) -> Sequence[AskedCall]:
        """Return the calls that people were asked about on the thread, or on those it was copied from."""

    async def asked_names(self, agent: str, names: Collection[str]) -> frozenset[tuple[str, Origin]]:
        """Return which of these tools people were asked about in any run of the agent, each with who asked."""

    async def keep_written(self, run_id: RunId, written: Collection[Call]) -> None:
        """Keep which tool calls were written into the state that the run begins with.

        Raises:
            UnknownRun: there is no such run.
            Forbidden: it is somebody else's.
        """

    async def mark(self, thread_id: str) -> str:
        """Return how far the thread has got, as text that differs after anything that happens on the thread."""

    async def left_behind(self, thread_id: str, checkpoint_id: str) -> Sequence[Done]:
        """Return the effects on the branch that is left when the thread goes on from this checkpoint."""

    async def rewind(
        self,
        new: NewRun,
        who: str,
        left: Sequence[Done],
        told: list[Json],
        as_of: str | None = None,
        *,
        ownerless: bool = False,
        enqueue: Enqueue | None = None,
    ) -> RunId | None:
        """Keep a new run, which goes on from an older checkpoint; return the run that it ends.

        It is this process's to claim; one left `ownerless` may be claimed by any.

        `left` are the effects on the branch that it leaves, as `left_behind` gave them, and `told` is the same as it
        is told to people. `as_of` is the thread's mark, where it must not have changed since.

        Raises:
            UnknownThread: there is no such thread.
            Forbidden: it is somebody else's.
            ThreadBusy: a run is going on there.
            Superseded: the thread's mark is not `as_of`.
            Moved: other effects than `left` are left behind by now.
        """

    async def copy(self, thread_id: str, checkpoint_id: str, copy: ThreadId, who: str, approver: Approver) -> None:
        """Make a new thread with the history up to the checkpoint, and nothing that was pending or permitted there.

        Who approves on it is the stricter of the thread's approver and this one.

        Raises:
            UnknownThread: there is no such thread.
            Forbidden: it is somebody else's.
            InvalidInput: the id of the copy is taken.
        """

    async def size(self) -> int:
        """Return how many bytes the checkpoints of whoever asks take, and what was written between them."""

    async def prune(self, thread_id: str, keep: int) -> int:
        """Delete the checkpoints of all runs but the thread's last `keep`, and most of the older ones of these.

        Return how many were deleted.
        """

    async def delete(self, before: datetime) -> list[str]:
        """Delete the threads on which nothing is open and nothing happened since that moment; return their ids."""
