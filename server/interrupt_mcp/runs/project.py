"""One project in one process: the use cases of each who calls, and what the process does for all of them."""

from interrupt_mcp.model import Access, Filters
from interrupt_mcp.runs.parts import Parts
from interrupt_mcp.runs.runs import Runs


class Project:
    """The runs of one project, as one process serves them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._named_by: object = None
        """The policy that was in force when it was last looked who decides what waits."""

    def of(self, access: Access) -> Runs:
        """Return the use cases of who calls: there is nothing but theirs, and what they are to decide."""
        return Runs(self._parts, access)

    async def check(self) -> None:
        """Check that the store can be used, by a look into it.

        Raises:
            Unavailable: it cannot.
        """
        await self._parts.store.runs.listed(Filters(), None, 1)

    def serve(self) -> None:
        """From the next look on, also go on with runs of the project that no process drives."""
        self._parts.takeover.serve()

    def served_elsewhere(self) -> bool:
        """Whether another living process serves the project, and goes on with a run that is decided here."""
        return self._parts.peers.served_elsewhere()

    def wake(self) -> None:
        """Have all who wait in this process look again."""
        self._parts.signals.look_again()

    async def look_again(self) -> None:
        """Notice what another process changed, and that it may have ended, and who decides since policy changed.

        Raises:
            Unavailable: the database cannot be read.
        """
        # Of a run that is driven here, its driver tells.
        self._parts.signals.look_again(but=self._parts.engine.drives)
        await self._parts.takeover.look_again()
