"""Serving: what a process does for the project it serves, whether its clients reach it by stdio or by HTTP."""

import logging
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp.access import Access
from interrupt_mcp.app import App
from interrupt_mcp.config import Settings
from interrupt_mcp.errors import ConfigError, Error
from interrupt_mcp.words import AuthMode

if TYPE_CHECKING:
    from interrupt_mcp.runs.project import Project
    from interrupt_mcp.runs.runs import Runs
    from interrupt_mcp.store.port import Sessions

log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
"""How often a process that needs no store yet looks whether another one made it."""


def check_manifest(settings: Settings, *, for_front: bool = False) -> None:
    """Warn of what in a `langgraph.json` has no effect; `for_front`, of what only a worker's environment shows.

    Raises:
        ConfigError: it is not as it should be.
    """
    from interrupt_mcp.agents.environment import this_environment
    from interrupt_mcp.agents.manifest import read_manifest
    from interrupt_mcp.agents.unused import unused, unused_in
    from interrupt_mcp.text.visible import printable_line
    from interrupt_mcp.workers.environments import is_elsewhere

    manifest, here = read_manifest(settings.config_path), this_environment()
    for each in unused_in(manifest, here) if for_front else unused(manifest, None if is_elsewhere(settings) else here):
        log.warning("%s", printable_line(str(each)))


def check_authentication(settings: Settings) -> None:
    """Check that whoever is to prove who they are can.

    Raises:
        ConfigError: a provider's tokens count, and none is named.
    """
    if settings.auth is AuthMode.OAUTH and settings.oauth is None:
        raise ConfigError(
            f"INTERRUPT_MCP_AUTH is oauth, and no provider is named: write [auth] with issuer = ... in"
            f" {settings.policy_file}, or set INTERRUPT_MCP_AUTH=token"
        )


class Serving:
    """Opens the use cases for a process that serves; once they are open, it goes on with what other processes left."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._took_up = False

    async def runs(self, access: Access) -> "Runs":
        """Return the use cases of one who calls. The first call also takes up the runs of processes that are gone.

        Raises:
            Unavailable: the database cannot be used; the next call tries again.
        """
        return (await self._project()).of(access)

    async def _project(self) -> "Project":
        project = await self._app.project()
        if not self._took_up:
            self._took_up = True
            await self._app.take_up()
        return project

    async def begin(self) -> None:
        """Open the store, and take up the runs of processes that are gone.

        Raises:
            Unavailable: the database cannot be used.
        """
        await self._project()

    async def sessions(self) -> "Sessions":
        """Return what is kept of sessions.

        Raises:
            Unavailable: the database cannot be used.
        """
        return (await self._app.store()).sessions

    async def check(self) -> None:
        """Check that a run could be started, by a look into the store.

        Raises:
            Unavailable: it cannot be used.
        """
        await (await self._project()).check()

    async def take_up(self) -> None:
        """Go on with what other processes left, as soon as there is a store, and delete what is too old to keep.

        That a store cannot be used is only logged.
        """
        while self._app.settings.database.is_known_absent():  # noqa: ASYNC110  another process makes it
            await anyio.sleep(_LOOK_SECONDS)
        try:
            await self.begin()
            await self._app.delete_old_threads()
        except Error as error:
            # Every tool that needs the store says so, and tries again.
            log.warning("%s", error)
