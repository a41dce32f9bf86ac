"""Peers, as the rest sees them: the other processes that share this one's database.

They may serve other projects. A process that is not told of something, because it could not be woken, only notices it
a little later.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

Look: TypeAlias = Callable[[], Awaitable[None]]
"""Looks into the database for what other processes changed, and for what those that died left."""


class Pages(Protocol):
    """Who serves a project's pages, for all processes that share its store."""

    @property
    def address(self) -> str:
        """Where they are served, up to `/inbox`; empty where no process that lives serves them."""


class Peers(Protocol):
    """What a process can learn of the others, and tell them."""

    @property
    def name(self) -> str:
        """The name under which this process owns runs."""

    def lives_elsewhere(self, owner: str) -> bool:
        """Whether the owner of a run is another process, and that process lives, so that it drives the run."""

    def served_elsewhere(self) -> bool:
        """Whether another process that lives serves this project, and so goes on with its runs when it is woken."""

    @property
    def pages(self) -> "Pages":
        """Who serves the project's pages."""

    def serve(self) -> None:
        """Tell the others that this process serves its project.

        Raises:
            Unavailable: it cannot be told.
        """

    def leave(self) -> None:
        """Tell the others, where that is possible, that this process serves its project no longer."""

    def wake(self) -> None:
        """Have all others look again: something changed."""

    def look_soon(self) -> None:
        """Have `watch` look soon, as if another process had woken this one."""

    async def look(self, look: Look) -> None:
        """Look once, having made sure that the others take this process for alive.

        If that fails, or looking does, it is logged.
        """

    async def watch(self, look: Look) -> None:
        """Look each time another process wakes this one, and often enough to notice one that died; never return."""
