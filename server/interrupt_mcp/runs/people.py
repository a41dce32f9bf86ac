"""People, as the use cases see them: how somebody is reached who decides, besides forms of a client."""

from typing import Protocol

from interrupt_mcp.model import Access, Run, RunId
from interrupt_mcp.views.ways_to_decide import Ways


class People(Protocol):
    """The people who decide for one project, as one process reaches them."""

    def ways(self) -> Ways:
        """Return the ways in which a person decides, as things stand."""

    async def can_be_reached(self) -> bool:
        """Whether a person can be reached though their client shows no forms."""

    def note(self, run_id: RunId, by_forms: Access | None) -> None:
        """Keep who goes on with the run and is asked by forms; nobody where they are not."""

    async def expect(self, run: Run) -> bool:
        """Have a person told of what the run waits for, where no form of its client asks about it.

        Return whether one is about to see it: a page of theirs is open, or is being opened.
        """
