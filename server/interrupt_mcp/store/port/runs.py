"""What may be asked about runs, and kept of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeAlias

from interrupt_mcp.model import Channel, Filters, Interrupt, Json, Run, RunId
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.records import Begun, Choice, ClaimedRun, Decided, Done, NewRun, Usage

Enqueue: TypeAlias = Callable[[Any], None]
"""Keeps what an engine needs together with a run that can go on, such as a job of its own.

It is called within that transaction, with the transaction as the database has it."""


class Runs(Protocol):
    """The runs, and who drives them."""

    async def get(self, run_id: str) -> Run:
        """Return the run with the interrupts that still want a decision.

        Raises:
            UnknownRun: there is no such run.
        """

    async def with_interrupts(self, run_id: str) -> tuple[Run, tuple[Interrupt, ...]]:
        """Return the run as `get` does, and all its interrupts, oldest first.

        Raises:
            UnknownRun: there is no such run.
        """

    async def listed(self, filters: Filters, after: int | None, most: int) -> tuple[list[Run], int | None]:
        """Return runs without their interrupts, newest first, and where the next page begins."""

    async def active_on(self, thread_id: str) -> Run | None:
        """Return the run of the thread that is not finished."""

    async def same_request(self, new: NewRun) -> RunId | None:
        """Return the run that the same idempotency key started, if there is one, and the new one has a key.

        Raises:
            IdempotencyConflict: it was started with other arguments.
        """

    async def start(self, new: NewRun, who: str, enqueue: Enqueue | None = None, *, ownerless: bool = False) -> Begun:
        """Keep a new run, or find the one that the same idempotency key started.

        A new one is claimed by this process; one left `ownerless` may be claimed by any.

        Raises:
            InvalidInput: the thread is another agent's, or its id is taken.
            ThreadBusy, ThreadInterrupted: another run is active on the thread.
            IdempotencyConflict: the key started a run with other arguments.
            Moved: the thread is not as it was when the input was tried.
        """

    async def decide(
        self,
        run_id: RunId,
        choices: Sequence[Choice],
        channel: Channel,
        who: str,
        *,
        ownerless: bool = False,
        enqueue: Enqueue | None = None,
    ) -> Decided:
        """Keep all the decisions, or none.

        A run that can go on is claimed by this process; one left `ownerless` may be claimed by any.

        Raises:
            UnknownRun, UnknownInterrupt: there is no such run, or interrupt.
            Forbidden: an interrupt is seen by whoever asks, but neither theirs nor theirs to decide.
            AlreadyDecided: another decision was first.
            Superseded: an interrupt is no longer open.
        """

    async def reject_all(self, run_id: RunId, channel: Channel, who: str, asked: Sequence[Interrupt]) -> None:
        """Reject what the run asks, where it can be rejected, and end the run, unless it waits no longer.

        Raises:
            UnknownRun: there is no such run.
            Forbidden: it is somebody else's.
            Moved: what is open is not what was `asked` when somebody looked whether it may be rejected.
        """

    async def retry(self, run_id: RunId, who: str, enqueue: Enqueue | None = None, *, ownerless: bool = False) -> bool:
        """Let a run go on from its last checkpoint; return whether it had ended in error.

        It is this process's to claim; one left `ownerless` may be claimed by any.

        Raises:
            UnknownRun: there is no such run.
            Forbidden: it is somebody else's.
            ThreadBusy, ThreadInterrupted: another run is active on its thread.
            RunFinished: the thread went on with another run.
        """

    async def cancel(self, run_id: RunId, who: str) -> bool:
        """End the run, so that what it asked is no longer asked; return whether it was not finished before.

        Raises:
            UnknownRun: there is no such run.
            Forbidden: it is somebody else's.
        """

    async def claim(self, run_id: RunId, from_owner: str) -> ClaimedRun | None:
        """Take the run to drive it, if it is in flight and still that owner's.

        Its epoch grows with the driver: with another owner, and where the last driver ended without a word. The
        owner of a run that was running, and that it had not let go, is taken to have died with it; after the first one
        that did, only where the agent's code had begun (`Journal.begin`). How many did, where the thread stands, is
        kept with the claim: it is counted anew once a checkpoint, or what a task wrote, has come since the last of
        them, and once the run paused or ended.

        Raises:
            UnknownRun: there is no such run.
            Forbidden: it is somebody else's.
        """

    async def owner_of(self, run_id: RunId) -> str:
        """Return the process that drives the run, or drove it last."""

    async def in_flight(self) -> Sequence[InFlight]:
        """Return all runs that are pending or running, those of one owner together, oldest first."""

    async def standing(self, run_id: RunId) -> InFlight | None:
        """Return the run; `None` where it is neither pending nor running."""

    async def got_on(self, run_id: RunId) -> bool:
        """Return whether the run got on since it was claimed from a process that died with it."""

    def release(self) -> "Future[None]":
        """Let go all pending and running runs of this process, which leaves: any may claim them.

        It may be called from any thread; the future resolves once that is on disk.
        """

    async def not_mine(self, run_ids: Collection[RunId]) -> Sequence[RunId]:
        """Return those of the runs that were cancelled, or taken over by another process."""

    async def going_on(self, run_ids: Collection[RunId]) -> frozenset[RunId]:
        """Return those of the runs that are being driven, whoever's they are."""

    async def usage(self) -> Usage:
        """Return how many runs whoever asks has going on."""

    async def effects(self, run_id: str) -> Sequence[Done]:
        """Return what was done or begun in the run under decisions, in the order in which it began."""

    async def effects_left(self, run_id: str) -> list[Json]:
        """Return what had been done on the branch that was left when the run began."""

    async def seen_tools(self, agent: str) -> Mapping[str, bool]:
        """Return tools that passed the gate, or that ask besides policy: whether they do. Not what the agent shows."""
