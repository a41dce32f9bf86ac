"""Mounted: the ASGI application that somebody puts under a path of their own."""

import os
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from interrupt_mcp.config import read_settings
from interrupt_mcp.mounting.served import Served, served

_NOT_SERVED = (
    "The agents are not served: the application's lifespan has to enter them, as in `async with agents: yield`."
)


class Mounted:
    """A project's agents, for clients at `mcp` under the path where this is mounted, and for people at `inbox`.

    They are served, and their runs go on, within `async with`: frameworks tell no mounted application of its start and
    end, so the lifespan of the one around it enters this one. It can be entered again once it was left.
    """

    def __init__(self, config: str | os.PathLike[str], *, database: str | None = None) -> None:
        """`config` is the project's `langgraph.json`; `database` a URL, in place of the settings'."""
        self._config = Path(os.path.abspath(config))
        self._database = database
        self._stack = AsyncExitStack()
        self._served: Served | None = None

    async def __aenter__(self) -> "Mounted":
        """Serve from here on; runs that an earlier process left go on.

        Raises:
            ConfigError: a setting, or the `langgraph.json`, is not as it should be.
            RuntimeError: it is entered already.
        """
        if self._served is not None:
            raise RuntimeError("These agents are served already: a lifespan enters them once")
        settings = read_settings(os.environ, config=str(self._config), database=self._database, cwd=Path.cwd())
        self._served = await self._stack.enter_async_context(served(settings))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hand runs over to whoever serves the project next, and close all."""
        self._served = None
        await self._stack.__aexit__(kind, error, traceback)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            app = PlainTextResponse(_NOT_SERVED, 503) if self._served is None else self._served
            await app(scope, receive, send)
