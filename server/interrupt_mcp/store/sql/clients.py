"""The clients that called, on a database that speaks SQL."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from interrupt_mcp.model import digest_of
from interrupt_mcp.store.known import Client, SeenClient
from interrupt_mcp.store.sql.rows import moment_of
from interrupt_mcp.store.sql.statements import clients
from interrupt_mcp.store.sql.transaction import Database, Row, Transaction

_MOST = 50
"""Clients that are kept of a project."""
_AT_ONCE = 1000
"""How many of the rest are deleted in one transaction."""


class SqlClients:
    """See `store.port.Clients`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, client: Client) -> None:
        at = moment_of(datetime.now(UTC))
        row = {
            "name": client.name,
            "version": client.version,
            "protocol": client.protocol,
            "over": client.over,
            "declared": json.dumps(client.declared),
        }

        def unit(tx: Transaction) -> None:
            tx.take_turn("clients")
            tx.do(clients.KEEP, client_id=digest_of({**row}), at=at, **row)
            tx.do(clients.FORGET, most=_MOST, at_once=_AT_ONCE)

        self._database.submit(unit, soon=False)

    async def listed(self, most: int) -> Sequence[SeenClient]:
        return [_client_of(row) for row in await self._database.all(clients.LISTED, most=most)]


def _client_of(row: Row) -> SeenClient:
    declared = tuple(str(each) for each in json.loads(row["declared"]))
    client = Client(row["name"], row["version"], row["protocol"], row["over"], declared)
    return SeenClient(client, datetime.fromisoformat(row["seen_at"]))
