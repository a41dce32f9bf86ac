"""The clients that called, in the toy store."""

from collections.abc import Sequence
from datetime import UTC, datetime

from interrupt_mcp.store.known import Client, SeenClient
from tests.store.toy_dictionaries import Dictionaries

_MOST = 50


class ToyClients:
    """See `store.port.Clients`."""

    def __init__(self, database: Dictionaries, project: str) -> None:
        self._database = database
        self._project = project

    def keep(self, client: Client) -> None:
        with self._database.transaction() as state:
            # What is kept last stands last.
            state.clients.pop((self._project, client), None)
            state.clients[self._project, client] = SeenClient(client, datetime.now(UTC))
            ours = [key for key in state.clients if key[0] == self._project]
            for key in ours[:-_MOST]:
                del state.clients[key]

    async def listed(self, most: int) -> Sequence[SeenClient]:
        ours = [each for (project, _), each in self._database.state.clients.items() if project == self._project]
        return ours[::-1][:most]
