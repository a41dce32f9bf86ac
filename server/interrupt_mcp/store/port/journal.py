"""The journal: what one drive writes, in order; and LangGraph's checkpointer, which writes through it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeAlias

from interrupt_mcp.model import Effect, Json, Question, Run
from interrupt_mcp.store.records import FailedTask

if TYPE_CHECKING:
    from langgraph.checkpoint.serde.base import SerializerProtocol

Soon: TypeAlias = Callable[[Run, Future[None]], None]
"""Is told of a run as it will be, and of what resolves once that is on disk."""


class Journal(Protocol):
    """What the driver of one run writes: in one order, under its epoch, and nothing more after a write that failed.

    When one of these writes is on disk, all before it are. So what must not happen before it is kept waits for its own
    record, and everything else goes on. Each write, and each wait, raises `Fenced` where the
    run was taken over or has ended, and `Unavailable` where this write, or one before it, could not be kept.
    """

    def record(self, records: Iterable[Effect]) -> Future[None]:
        """Keep effect records, from any thread; the future resolves once they are on disk.

        What a call came to is kept also after the run ended, or after another write failed: only the start of a call
        is refused then. Of a run that was taken over nothing is kept.
        """

    def see(self, tool: str) -> None:
        """Keep that a tool passed the gate, which is none of those that its agent shows."""

    def deliver(
        self,
        langgraph_ids: Iterable[str],
        forgotten: Sequence[FailedTask] = (),
        *,
        reached: bool = True,
        soon: bool = False,
    ) -> Future[None]:
        """Keep that the answers are on their way to the graph; or, where they never `reached` it, that they are not.

        The errors of the `forgotten` tasks are deleted, so that these stand where they asked. It need not be on disk
        `soon` where what follows leaves a record of its own.
        """

    async def begin(self) -> None:
        """Keep that code of the agent is about to be loaded or run, of which the process may die.

        Without it, a process that dies with the run is counted only where it is the first.
        """

    def adopt(self, agent_digest: str) -> Future[None]:
        """Keep with which agent the run goes on, of which that was not known yet, or which was changed."""

    async def forget_errors(self, tasks: Sequence[FailedTask]) -> None:
        """Have tasks that failed stand where they asked."""

    async def pause(
        self,
        asked: Mapping[str, Question],
        doubts: Mapping[str, Iterable[int]],
        seconds: float = 0,
        error: tuple[str, str] | None = None,
        made_again: Collection[str] = (),
    ) -> None:
        """Have the run wait for a person: questions by LangGraph's id, and requests whose outcome is unknown.

        A question that is open already is not asked twice. What LangGraph no longer asks was answered. The calls with
        the keys `made_again` are made again when it goes on. `seconds` is how long it was driven.

        Raises:
            UnknownInterrupt: there is none of those in doubt.
        """

    async def finish(
        self, answer: str | None, output: Json, seconds: float, soon: Soon | None = None, keep_runs: int = 0
    ) -> None:
        """End the run well. `soon` is told at once how the run will be, and of what resolves once that is on disk.

        With `keep_runs`, checkpoints of the thread's older runs are deleted with it, as `Threads.prune` does.
        """

    async def fail(self, code: str, message: str, seconds: float, made_again: Collection[str] = ()) -> None:
        """End the run in an error; the calls with these keys are made again if it is tried once more."""

    async def settled(self) -> None:
        """Wait until all that a read of the thread needs is on disk."""

    def settle(self) -> None:
        """Wait as `settled` does, blocking the thread."""


class Checkpoints(Protocol):
    """A checkpointer of LangGraph's, and what is asked besides of what it keeps. Reads see what the journal has.

    A thread that is not within reach has no checkpoints. One that is nobody's, as that of an agent which a tool runs by
    itself under an id of its own, is seen by all.
    """

    serde: "SerializerProtocol"

    async def keep_order(self, thread_id: str) -> None:
        """Have the checkpoints that are made from now on come after those that the thread has."""

    async def failed_after(self, thread_id: str, langgraph_ids: Collection[str]) -> Sequence[FailedTask]:
        """Return the tasks that asked these and then failed, as far as they are on disk."""

    async def asked_below(self, thread_id: str) -> Mapping[str, str]:
        """Return the namespaces in which subgraphs, and agents inside tools, raised interrupts, by LangGraph's id."""

    async def nodes_below(self, thread_id: str) -> Mapping[str, str]:
        """Return the nodes that raised those, by LangGraph's id; not nodes that a `Send` ran, as for tool calls."""

    async def namespaces(self, thread_id: str) -> frozenset[str]:
        """Return the namespaces of the subgraphs and of the agents inside tools that began on the thread."""
