"""What happens in a storm to the PostgreSQL server, to the ways to it, and to all its replicas at once."""

import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

import anyio
import anyio.to_thread

from tests.chaos.journal import Journal
from tests.chaos.keeping import LEASE, OnServer
from tests.chaos.replicas import Replicas
from tests.chaos.servers import Servers
from tests.postgres.proxy import Proxy

Act: TypeAlias = Callable[[random.Random], Awaitable[None]]
_LONGEST_OUTAGE = 3.0
_LONGEST_BREAK = 2.0 * LEASE


class Outages:
    """Of one storm."""

    def __init__(self, keeping: OnServer, journal: Journal, servers: Servers) -> None:
        self._keeping = keeping
        self._journal = journal
        self._servers = servers

    async def restart(self, rng: random.Random) -> None:
        """Have the server stop, as an operator has it or as if it had crashed, and be there again after a while."""
        how = rng.choice(["fast", "immediate"])
        server = self._keeping.server
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(server.stop, how)
            await anyio.sleep(rng.uniform(0, _LONGEST_OUTAGE))
            await anyio.to_thread.run_sync(server.start)
        self._journal.outages += 1
        self._journal.kinds[how] += 1

    async def disturb(self, rng: random.Random) -> None:
        """Have something happen to a replica's connections."""
        name = rng.choice(["cut", "refused", "dropped", "delayed", "half closed"])
        way = rng.choice([*self._keeping.ways, *self._keeping.straight])
        try:
            await anyio.to_thread.run_sync(partial(self._begin, name, way, rng.uniform(0.02, 0.2)))
            if name in ("refused", "dropped", "delayed"):
                await anyio.sleep(rng.uniform(0.2, _LONGEST_BREAK))
        finally:
            way.pass_on()
        self._journal.breaks += 1
        self._journal.kinds[name] += 1

    async def deploy(self, _rng: random.Random) -> None:
        """Have another version take the place of all replicas, one after the other."""
        if isinstance(self._servers, Replicas):
            await self._servers.deploy()
        self._journal.deploys += 1

    def _begin(self, name: str, way: Proxy, seconds: float) -> None:
        acts: dict[str, Callable[[], None]] = {
            "cut": way.cut,
            "refused": way.refuse,
            "dropped": way.drop,
            "delayed": partial(way.delay, seconds),
            "half closed": way.half_close,
        }
        acts[name]()
