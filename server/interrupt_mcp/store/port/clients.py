"""What may be asked about the clients that called, and kept of them."""

from collections.abc import Sequence
from typing import Protocol

from interrupt_mcp.store.known import Client, SeenClient


class Clients(Protocol):
    """The clients that called last. No more than the last 50 are kept, each once for all that it says of itself."""

    def keep(self, client: Client) -> None:
        """Keep that this client calls now. Nobody waits for it: it is on disk with what is kept next, or soon."""

    async def listed(self, most: int) -> Sequence[SeenClient]:
        """Return so many of them, the one that called last first."""
