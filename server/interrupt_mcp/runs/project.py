"""One project in one process: the use cases of each who calls, and what the process does for all of them."""

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.model import Access, Filters
from interrupt_mcp.runs.parts import Parts
from interrupt_mcp.runs.runs import Runs

_PAGE = 100


class Project:
    """The runs of one project, as one process serves them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._named_by: Policy | None = None
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

    def wake(self) -> None:
        """Have all who wait in this process look again."""
        self._parts.signals.look_again()

    async def look_again(self) -> None:
        """Notice what another process changed, and that it may have ended, and who decides since policy changed.

        Raises:
            Unavailable: the database cannot be read.
        """
        # Of a run that is driven here, its driver tells; and whoever waits for one that goes on elsewhere waits on.
        signals, drives = self._parts.signals, self._parts.engine.drives
        elsewhere = [run_id for run_id in signals.awaited if not drives(run_id)]
        going_on = await self._parts.store.runs.going_on(elsewhere)
        signals.look_again(but=lambda run_id: run_id in going_on or drives(run_id))
        await self._parts.takeover.look_again()
        await self._name_deciders()

    async def _name_deciders(self) -> None:
        """Have those whom policy has come to name see what waits, and those whom it no longer names not."""
        policy = self._parts.policy()
        if policy is self._named_by or not policy.names_deciders:
            return
        store, after = self._parts.store.interrupts, None
        while True:
            found, after = await store.listed(Filters(), after, _PAGE)
            for each in found:
                question = authority.with_policy_now(policy, each).question
                await store.name_deciders(each.interrupt_id, question.deciders)
            if after is None:
                break
        self._named_by = policy
