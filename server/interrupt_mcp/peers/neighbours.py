"""The other processes on the same database: which of them live, which serve this project, and how to wake them."""

from pathlib import Path

from interrupt_mcp.peers.doorbell import Doorbell, serving
from interrupt_mcp.peers.owner import Owner, beside


class Neighbours:
    """What one process of a project knows of the others, which may be of other projects."""

    def __init__(self, owner: Owner, doorbell: Doorbell, project: str) -> None:
        self._owner = owner
        self._doorbell = doorbell
        self._project = project

    def drives(self, owner: str) -> bool:
        """Whether what this owner has is driven by another process, which lives."""
        return owner != self._owner.name and self._owner.alive(owner)

    def serve(self) -> bool:
        """Whether another living process serves the project, and so goes on with its runs when it is woken."""
        return any(self._owner.alive(name) for name in self._doorbell.serving(self._project))

    def wake(self) -> None:
        """Have all of them look again."""
        self._doorbell.ring()


class Looker:
    """What who only looks can tell of the processes on a database, without being one of them."""

    def __init__(self, database: Path, project: str) -> None:
        self._directory = beside(database)
        self._owner = Owner(self._directory)
        self._project = project

    def carries(self, owner: str) -> bool:
        """Whether a living process goes on with what is this owner's: it is its own, or it serves the project."""
        return any(self._owner.alive(name) for name in (owner, *serving(self._directory, self._project)))
