"""The place where a server finds itself mounted: it learns it from the first request that is let through."""

from urllib.parse import quote

import anyio
from starlette.types import Scope

from interrupt_mcp.http.address import bracketed, names_at
from interrupt_mcp.mounting.admission import plain
from interrupt_mcp.peers.pages import PagesOf
from interrupt_mcp.process.pages import serve_at


class Place:
    """Where the pages are. Nobody tells an application under which address and path it is served."""

    def __init__(self) -> None:
        self.address = ""
        """Up to `/inbox`; empty before a request came."""
        self.names: list[str] = []
        """Those by which a request may call the server, as in a `Host` header."""
        self._known = anyio.Event()

    def learn(self, scope: Scope) -> None:
        """Learn it from a request, unless it is known."""
        if self.address:
            return
        host, port = scope["server"]
        self.names = names_at(port)
        self.address = f"{scope['scheme']}://{bracketed(plain(host))}:{port}{quote(root_of(scope).rstrip('/'))}"
        self._known.set()

    async def serve(self, pages: PagesOf) -> None:
        """Serve a project's pages there, unless another process does, or it is not known yet."""
        if self.address:
            await serve_at(self.address, pages)

    async def known(self) -> None:
        """Wait until it is known."""
        await self._known.wait()


def root_of(scope: Scope) -> str:
    """Return the path under which the application is mounted that gets this request."""
    root: str = scope.get("root_path", "")
    return root
