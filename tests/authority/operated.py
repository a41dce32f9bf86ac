"""A project whose policy an operator changes while servers run, and clients of those servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.authority.served import environ, written
from tests.conftest import Door, serving
from tests.effects import Effects
from tests.processes import over_stdio

NO_CHANNEL = """
[agents.wiper.tools.wipe]
channels = ["terminal"]
[agents.wiper.tools."Wipe a disk"]
channels = ["client"]
"""
"""Policy that leaves no channel to a tool that asks under another name than its own."""


class Project:
    """A project of its own, whose policy an operator writes while servers run."""

    def __init__(self, home: Path, version: str) -> None:
        self.home = home
        self.config = written(home, "")
        self.effects = Effects(home / "effects")
        self._version = version

    def say(self, policy: str) -> None:
        """Have the policy say this from now on."""
        written(self.home, policy)

    def remove(self) -> None:
        """Leave no policy at all."""
        (self.home / "interrupt-mcp.toml").unlink()

    @asynccontextmanager
    async def door(self, **client: Any) -> AsyncIterator[Door]:
        """A client, and a server process that it starts."""
        async with over_stdio(self.home, self._version, environ(self.home, self.config), **client) as opened:
            yield opened

    @asynccontextmanager
    async def here(self, **client: Any) -> AsyncIterator[Door]:
        """A client, and a server in this process: for what does not depend on whose process it is."""
        mode = "auto" if self._version == "2026-07-28" else "legacy"
        async with serving(self.home, self.config, mode, **client) as opened:
            yield opened
