"""Pages, as one process serves them: beside the tools over HTTP, or at a port of their own, where nobody else does.

What they need is imported when they are served first: a client waits for the process to start, and need not wait for
that.
"""

import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.errors import AddressInUse, AddressRefused, Error
from interrupt_mcp.peers.pages import PagesOf, Rank

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from interrupt_mcp.app import App
    from interrupt_mcp.http.address import Listener
    from interrupt_mcp.web.by_provider import ByProvider

log = logging.getLogger(__name__)
HOST, PORT = "127.0.0.1", 8322
_MOST = 200
"""Requests at once, the streams of open pages among them."""
_TELLS_SECONDS = 2.0
"""How long a process that begins to serve pages may take to tell where."""
_LOOK_SECONDS = 0.05


class PagesServer:
    """Serves the pages of a project at a port of their own, from when somebody needs them."""

    def __init__(self, app: "App", tasks: TaskGroup, until: Callable[[], Awaitable[None]]) -> None:
        """One of `tasks` serves them, until `until` returns."""
        self._app = app
        self._tasks = tasks
        self._until = until

    async def serve(self, pages: PagesOf) -> None:
        """Have them served, here unless another process does it, and return once their address is known.

        That they cannot be served is only logged: there are other ways to decide.
        """
        try:
            if not pages.take(Rank.ANY):
                await _told(pages)
                return
            listener = _listening(self._app.settings.inbox_port)
            try:
                pages.tell(Rank.ANY, listener.address)
            except OSError:
                listener.close()
                raise
        except (OSError, AddressInUse, AddressRefused) as error:
            # Another process may be able to.
            pages.give_up(Rank.ANY)
            log.warning("The pages for people cannot be served: %s", error)
            return
        self._tasks.start_soon(self._serve, listener)
        log.info("the pages for people are at %s/inbox", listener.url)

    async def _serve(self, listener: "Listener") -> None:
        from interrupt_mcp.http import life

        site = site_of(self._app, listener.address, listener.names)
        await life.serve(site, listener, _MOST, self._until, lifespan=False)


class LatePages:
    """The pages as an ASGI application that is made when the first request for one comes."""

    def __init__(self, make: "Callable[[], ASGIApp]") -> None:
        self._make = make
        self._site: ASGIApp | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        self._site = self._site or self._make()
        await self._site(scope, receive, send)


def site_of(app: "App", address: str, names: Sequence[str], url: str = "") -> "ASGIApp":
    """Return the pages as they are served at that address, and by those names, whole, from `/inbox` on.

    `url` is what people call it, where that is not the address.
    """
    from interrupt_mcp.web.site import Site

    alone, by_provider = not app.settings.shared, _by_provider(app, url or address)
    return Site(
        app.runs_of,
        app.inbox,
        app.pages,
        address,
        names,
        lambda: app.leaving,
        url=url,
        alone=alone,
        by_provider=by_provider,
    )


def _by_provider(app: "App", address: str) -> "ByProvider | None":
    if app.provider is None:
        return None
    from interrupt_mcp.identity.sign_in import sign_in_of
    from interrupt_mcp.web.by_provider import ByProvider

    sign_in = sign_in_of(app.provider, os.environ)
    return None if sign_in is None else ByProvider(sign_in, address)


async def serve_at(address: str, pages: PagesOf, url: str = "") -> None:
    """Be the server over HTTP that serves the pages, there, unless another one is; that it cannot be told is logged.

    `url` is what people call it, where that is not the address.
    """
    try:
        if pages.take(Rank.HTTP):
            pages.tell(Rank.HTTP, address, url)
    except OSError as error:
        log.warning("Where the pages for people are cannot be told to other processes: %s", error)


def _listening(port: int | None) -> "Listener":
    """Listen at the port, or at any free one where somebody else does or the system does not give it.

    Raises:
        AddressInUse, AddressRefused: there is not even a free one.
    """
    from interrupt_mcp.http.address import listen

    try:
        return listen(HOST, PORT if port is None else port)
    except (AddressInUse, AddressRefused) as error:
        why = "Something listens on port %d already" if isinstance(error, AddressInUse) else "Port %d cannot be had"
        if port is not None:
            log.warning(f"{why}; the pages are at another one", port)
        return listen(HOST, 0)


async def announce(app: "App", address: str, url: str = "") -> None:
    """Serve the pages there from here on, whoever served them before; that it cannot be is only logged."""
    try:
        await serve_at(address, await app.pages(), url)
    except Error as error:
        log.warning("%s", error)


async def _told(pages: PagesOf) -> None:
    """Wait until whoever serves them has told where."""
    with anyio.move_on_after(_TELLS_SECONDS):
        while not pages.address:  # noqa: ASYNC110  another process tells it
            await anyio.sleep(_LOOK_SECONDS)
