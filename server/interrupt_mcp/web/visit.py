"""A visit: one request of somebody who is signed in, with what a page needs to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from interrupt_mcp.access import Principal
from interrupt_mcp.channels.inbox import Inbox, actor
from interrupt_mcp.runs.caller import Actor
from interrupt_mcp.runs.runs import Runs
from interrupt_mcp.store.known import Session
from interrupt_mcp.web.addresses import query
from interrupt_mcp.web.rendering import Rendering
from interrupt_mcp.web.sent import Sent
from interrupt_mcp.words import Scope

if TYPE_CHECKING:
    from interrupt_mcp.web.events import Streams

_MANY = 1000
"""What waits is not counted further."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request."""

    request: Request
    session: Session
    runs: Runs
    inbox: Inbox
    rendering: Rendering
    streams: "Streams"
    """The open streams of events."""
    sent: Sent = field(default_factory=lambda: Sent({}))
    """The form that was sent; empty where a page is read."""

    @property
    def actor(self) -> Actor:
        """Whoever makes this visit, as one who decides."""
        return actor(self.session.access.principal)

    def asked(self, name: str) -> str:
        """Return what the address says under that name, empty where it says nothing."""
        return self.request.query_params.get(name, "")

    def path(self, name: str) -> str:
        """Return that part of the path."""
        return str(self.request.path_params[name])

    async def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page for this visitor; how much waits is told on each."""
        waiting = await self.runs.count_waiting(_MANY)
        shared: Mapping[str, Any] = {
            "token": self.inbox.keys.token(self.session.session_id),
            "waiting": waiting,
            "waiting_text": f"{waiting}" if waiting < _MANY else f"{_MANY}+",
            "signed_in": True,
            "here": self.request.url.path,
            "owns": self._owns,
        }
        return self.rendering.page(template, {**shared, **values}, status)

    def _owns(self, principal: Principal) -> bool:
        """Whether this visitor changes what is that principal's, and does more with it than look and decide."""
        return self.session.access.may(Scope.RUN) and principal == self.session.access.principal

    def see(self, path: str, **asked: str) -> Response:
        """Send the browser to a page that shows what came of a form."""
        return RedirectResponse(f"{self.rendering.root}{path}{query(**asked)}", 303)
