"""Server processes that each serve HTTP, with clients of both eras of the protocol; calls go to any of them."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.chaos.journal import Journal
from tests.chaos.servers import Gone, Home, Refused, Server, Servers
from tests.chaos.wire import over
from tests.postgres.cluster import free_port

_PATIENCE = 8.0
"""Seconds that an answer may take beyond what it was asked to wait; who waited in vain asks another replica."""
_SECONDS_TO_LEAVE = 10.0
"""For a replica that another version is to replace."""


class Line:
    """A client of one replica, connected anew whenever a call failed."""

    def __init__(self, url: str, mode: str, came: Callable[[], None]) -> None:
        """`came` is told each time that it is connected."""
        self.client: Client | None = None
        self._url = url
        self._mode = mode
        self._came = came
        self._scope = anyio.CancelScope()

    async def keep(self) -> None:
        """Be connected, until cancelled."""
        while True:
            with suppress(Exception), anyio.CancelScope() as self._scope:
                async with Client(streamable_http_client(self._url), mode=self._mode) as self.client:  # type: ignore[arg-type]
                    self._came()
                    await anyio.sleep_forever()
            self.client = None
            await anyio.sleep(0.05)

    def renew(self, client: Client) -> None:
        """Be connected anew, unless that has been done since this client was had."""
        if self.client is client:
            self.client = None
            self._scope.cancel()


@dataclass
class Replica(Server):
    """One process that serves HTTP."""

    lines: list[Line] = field(default_factory=list)
    version: str = ""
    journal: Journal = field(default_factory=Journal)

    @property
    def ready(self) -> bool:
        return any(line.client for line in self.lines) and not self.ended.is_set()

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        connected = [each for each in self.lines if each.client]
        if not connected:
            raise Gone
        line = random.choice(connected)
        client = line.client
        assert client is not None
        try:
            with anyio.fail_after(arguments.get("wait_seconds", 0) + _PATIENCE):
                result = await client.call_tool(tool, arguments)
        except Exception as error:
            self.journal.failed[f"{type(error).__name__}: {error}"[:200]] += not self.ended.is_set()
            if not isinstance(error, TimeoutError):
                line.renew(client)
            raise Gone from error
        if result.is_error:
            raise Refused(result.content[0].text)  # type: ignore[union-attr]
        assert result.structured_content is not None
        return result.structured_content


class Replicas(Servers):
    """So many of them."""

    outlive_calls = True

    def __init__(self, home: Home, journal: Journal, number: int, rng: random.Random) -> None:
        super().__init__(home, journal, number, 0, rng)
        self._version = 0

    async def deploy(self) -> None:
        """Have one replica after the other leave in peace and be replaced by one of another version."""
        self._version += 1
        for slot in range(len(self._slots)):
            await self._replace(slot, self._told)

    async def _replace(self, slot: int, version: str) -> None:
        while True:
            server = self._slots[slot]
            if isinstance(server, Replica) and server.version == version:
                if server.ready or server.doomed:
                    return
            elif server is not None and not server.doomed:
                server.replaced = True
                await self.see_off(server, _SECONDS_TO_LEAVE)
            await anyio.sleep(0.05)

    @property
    def _told(self) -> str:
        return f"1.{self._version}.0"

    async def _start(self, environ: dict[str, str]) -> Server:
        port = free_port()
        serve = {"SERVE": f"--http --port {port}", "VERSION": self._told}
        made = await super()._start({**environ, **serve})
        url = f"http://127.0.0.1:{port}/mcp"
        lines = [Line(url, mode, self._come) for mode in ("auto", "legacy")]
        return Replica(made.born, armed=made.armed, lines=lines, version=self._told, journal=self._journal)

    async def _serve(self, server: Server) -> None:
        assert isinstance(server, Replica)
        async with anyio.create_task_group() as tasks:
            for line in server.lines:
                tasks.start_soon(line.keep)
            await over(server.born)
            server.ended.set()
            tasks.cancel_scope.cancel()
