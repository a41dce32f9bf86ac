"""The order in which a checkpointer writes, together with all else that its drive keeps."""

from typing import Protocol

from interrupt_mcp.store.sql.transaction import Unit


class Journal(Protocol):
    """What the checkpointer writes to, in order; nothing is kept after a write that failed."""

    @property
    def thread_id(self) -> str:
        """The thread of the run that is driven, which is within reach; empty if there is none."""

    def submit(self, unit: Unit[None]) -> object:
        """Have the unit run in a transaction, after all that were submitted before; from any thread."""

    async def settled(self) -> None:
        """Wait until all that a read needs is on disk; raise the error of a write that failed."""

    def settle(self) -> None:
        """Wait as `settled` does, blocking the thread."""


class NothingWritten:
    """The journal of somebody who only looks."""

    thread_id = ""

    def submit(self, unit: Unit[None]) -> object:
        raise RuntimeError(f"This checkpointer only reads; {unit!r} is not written.")

    async def settled(self) -> None:
        pass

    def settle(self) -> None:
        pass
