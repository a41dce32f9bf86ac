"""What may be asked of the queue of runs that are to be driven, which processes share where the database has one.

It holds hints: a job says that somebody should look whether a run is to be driven. The truth about that is in the runs.
"""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from interrupt_mcp.model import RunId
from interrupt_mcp.store.port.runs import Enqueue


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to do in a project, and how many do it."""

    driven: int
    waiting: int
    processes: int
    """How many living processes are known to serve the project."""


@dataclass(frozen=True, slots=True)
class QueueNow:
    """The queue as it was at one moment."""

    load: Load
    dead: bool
    """Whether there are jobs that somebody took who is dead by now."""
    missing: Sequence[RunId]
    """Those of the runs that were asked about that are in flight and have no job."""


class Queue(Protocol):
    """The jobs of one project."""

    name: str
    """By which those who take jobs know it."""

    task: str
    """What each job is called."""

    @property
    def pool(self) -> Mapping[str, Any]:
        """What a pool of connections to the database itself is made with, as psycopg takes it."""

    def check(self) -> None:
        """Check that the library which takes jobs fits the tables.

        Raises:
            Unavailable: it does not.
        """

    def add(self, run_id: RunId) -> Enqueue:
        """Return what keeps a job for the run in the transaction in which it comes to go on, unless one waits."""

    async def now(self, run_ids: Collection[RunId], seconds: float) -> QueueNow:
        """Return how the queue stands, and which of these runs lack a job.

        Who takes jobs is dead after so many seconds without a sign of life, on the database's clock.
        """

    async def mend(self, run_ids: Collection[RunId], seconds: float) -> int:
        """Drop what dead ones took, and give each of the runs a job that is in flight and has none; return how many."""

    def drop(self, run_id: RunId) -> "Future[None]":
        """Drop the run's job if nobody took it yet. It may be called from any thread."""
