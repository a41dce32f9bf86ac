"""Claiming: which runs this process may take to drive them. It does not drive them."""

from collections.abc import Callable
from dataclasses import dataclass

from interrupt_mcp.model import RunId
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun


@dataclass(frozen=True, slots=True)
class Claiming:
    """Claims runs for one process."""

    store: Store
    elsewhere: Callable[[str], bool]
    """Tells whether an owner is another living process."""
    serves: Callable[[str], bool]
    """Tells, by the agent's name, whose runs are driven here."""

    async def claim(self, run_id: RunId, alone: bool = False) -> ClaimedRun | InFlight | None:
        """Claim the run; `None` where another living process drives it, or it is no longer in flight.

        A suspect is claimed only to be driven `alone`, and else returned as it stands, to wait without being counted.

        Raises:
            Unavailable: the run could not be claimed.
        """
        stands = await self.store.runs.standing(run_id)
        if stands is None or self.elsewhere(stands.owner) or not self.serves(stands.agent):
            return None
        if stands.is_suspect and not alone:
            return stands
        return await self.store.runs.claim(run_id, stands.owner)
