"""What may be asked about interrupts."""

from collections.abc import Collection, Sequence
from typing import Protocol

from interrupt_mcp.model import Filters, Interrupt, InterruptId, RunId
from interrupt_mcp.store.records import Made, Place


class Interrupts(Protocol):
    """The interrupts: what people are asked."""

    async def get(self, name: str) -> Interrupt:
        """Return the interrupt with this id, or the latest with this code.

        Raises:
            UnknownInterrupt: there is none.
        """

    async def of_run(self, run_id: str) -> tuple[Interrupt, ...]:
        """Return all interrupts of a run, oldest first."""

    async def listed(self, filters: Filters, after: int | None, most: int) -> tuple[list[Interrupt], int | None]:
        """Return open interrupts, oldest first, and where the next page begins."""

    async def count_open(self, most: int) -> int:
        """Return how many interrupts are open; counting ends at `most`."""

    async def made(self, before: Place | None, most: int) -> tuple[list[Made], Place | None]:
        """Return decisions that were made, newest first, and where the next page begins.

        `before` is such a place; without it the list begins with the newest.
        """

    async def made_on(self, agent: str, action: str, most: int) -> Sequence[Made]:
        """Return the last decisions on an action of the agent, newest first."""

    async def open_elsewhere(self, run_id: RunId, most: int) -> int:
        """Return how many interrupts of other runs are open; counting ends at `most`."""

    async def name_deciders(self, interrupt_id: InterruptId, names: Collection[str]) -> None:
        """Keep that these decide it by now, principals and groups, and who saw it by other names sees it no more.

        Raises:
            UnknownInterrupt: there is none.
            Forbidden: it is somebody else's.
        """

    async def asked_at(self, thread_id: str, checkpoint_ids: Collection[str]) -> Sequence[tuple[str, Interrupt]]:
        """Return the interrupts raised at these checkpoints, open or not, oldest first, each with its checkpoint."""
