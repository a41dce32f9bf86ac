"""The engine, as the use cases see it: it has runs driven, each from where it stands to its next pause or its end.

It is told what to drive. That a run ended, or asks something, it tells nobody: whoever waits for that is woken by what
is on disk (`driving.wakeups`).
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from interrupt_mcp.errors import Busy
    from interrupt_mcp.model import RunId
    from interrupt_mcp.store.port import Enqueue
    from interrupt_mcp.store.records import ClaimedRun


class Engine(Protocol):
    """Has runs driven. A run has at most one drive at a time.

    Of the runs that processes may have died of, one at most is driven at a time.
    """

    @property
    def claims(self) -> bool:
        """Whether this process drives what is submitted.

        What it does not is kept ownerless, with what `enqueue` returns.
        """

    @property
    def claims_now(self) -> bool:
        """Whether this process drives a run that is kept just now, and so claims it with its start or a decision."""

    def serve(self) -> None:
        """From here on, also drive what other processes have enqueued, where there is such a queue."""

    def enqueue(self, run_id: "RunId") -> "Enqueue | None":
        """Return what is to be kept in the same transaction in which a run comes to go on without an owner.

        So an engine that keeps its queue in the store's database has no job without a run, and no run is without its
        job. An engine that keeps nothing returns `None`. In either case `submit` follows once the transaction is on
        disk.
        """

    def submit(self, run_id: "RunId", claimed: "ClaimedRun | None" = None, agent: str = "") -> None:
        """Have the run driven, in its turn. It need not have been enqueued. `agent` is whose it is, where it is known.

        `claimed` is the run, if this process claimed it as it kept its start or its decision; the engine keeps it until
        the run has its turn. Without it, whoever drives the run claims it first, and a run that is driven already, or
        has its turn, is not driven twice. An engine that is draining drives nothing more: the run goes on in another
        process.
        """

    def cancel(self, run_id: "RunId") -> None:
        """Stop driving the run, and drop it if it waits for its turn: it ended, or another process drives it."""

    def drives(self, run_id: "RunId") -> bool:
        """Whether this process drives the run, or will in its turn."""

    def is_stuck(self, run_id: "RunId") -> bool:
        """Whether the run is to be driven where nothing happens now, so that to submit it again may help.

        That is of use where nobody has claimed it: who has, keeps it.
        """

    @property
    def driven(self) -> "tuple[RunId, ...]":
        """The runs that this process drives now, without those that wait for their turn."""

    def place(self) -> AbstractContextManager[bool]:
        """Hold a place for one more run, within this context; the value is whether there is one.

        Who holds a place can keep a run and submit it without waiting. Without one a new run is refused (`busy`), while
        a run that was decided is submitted all the same and waits for its turn.
        """

    def busy(self) -> "Busy":
        """Return what to tell whoever wants to start a run and finds no place, and after how many seconds to try again.

        Many who are refused at once are not all told the same time.
        """

    @property
    def draining(self) -> bool:
        """Whether the engine takes no more runs, so that nobody should wait for one in this process."""

    def begin_draining(self) -> None:
        """Take no more runs, and drop those that wait for their turn. What is driven goes on."""

    async def drain(self, seconds: float) -> None:
        """Begin draining, wait until nothing is driven, at most so long, and cut off what still is.

        A run that was cut off goes on from its last checkpoint in another process.
        """
