"""The doorway of a server that several people share: what is in front of its tools, and what it tells of itself.

It puts the door, what wrong tokens cost, and what a token permits together. It knows no store and no provider.
"""

from dataclasses import dataclass, field
from functools import cached_property

from mcp.server.auth.routes import build_resource_metadata_url, create_protected_resource_routes
from mcp.shared.auth import ProtectedResourceMetadata
from pydantic import AnyHttpUrl
from starlette.routing import Route
from starlette.types import ASGIApp

from interrupt_mcp.config.reaching import Network
from interrupt_mcp.http.bearer import Door
from interrupt_mcp.http.challenges import Challenges
from interrupt_mcp.http.proxies import Proxies
from interrupt_mcp.http.slowing import SlowedForm, Slowing
from interrupt_mcp.identity import Bearers
from interrupt_mcp.words import Scope

TOOLS = "/mcp"
"""Where clients call tools."""
_SIGN_IN = "/inbox/sign-in"
_WELL_KNOWN = "/.well-known/oauth-protected-resource"
_NAME = "interrupt-mcp"


@dataclass(frozen=True)
class Doorway:
    """How callers of one server prove who they are."""

    bearers: Bearers
    url: str
    """What people and links call the server, without a path."""
    issuer: str = ""
    """The provider whose tokens count; empty where there is none."""
    requests: int | None = None
    """How many requests of one principal may be in progress at once."""
    proxies: tuple[Network, ...] = field(default=())
    """From whose connections it is believed whose request they pass on."""

    @cached_property
    def challenges(self) -> Challenges:
        """How it asks for a token."""
        return Challenges(str(build_resource_metadata_url(self._resource)) if self.issuer else "")

    @cached_property
    def _slowing(self) -> Slowing:
        return Slowing(Proxies(self.proxies).origin)

    @property
    def _resource(self) -> AnyHttpUrl:
        return AnyHttpUrl(f"{self.url}{TOOLS}")

    def door(self, app: ASGIApp) -> Door:
        """Return the door in front of the application."""
        return Door(app, leads_to_tools, self.bearers, self.challenges, self._slowing)

    def slowed(self, pages: ASGIApp) -> ASGIApp:
        """Return the pages, where wrong secrets are answered later, as wrong tokens are."""
        return SlowedForm(pages, _SIGN_IN, self._slowing)

    def metadata_routes(self) -> list[Route]:
        """Return where the server tells which provider's tokens count (RFC 9728), with and without its path."""
        if not self.issuer:
            return []
        # Read so, an issuer stays as it is to the letter; read as a URL it would get a slash at its end.
        told = ProtectedResourceMetadata.model_validate(
            {"resource": str(self._resource), "authorization_servers": [self.issuer]}
        )
        (route,) = create_protected_resource_routes(
            self._resource, told.authorization_servers, list(Scope), resource_name=_NAME
        )
        return [route, Route(_WELL_KNOWN, route.endpoint, methods=["GET", "OPTIONS"])]


def leads_to_tools(path: str) -> bool:
    """Whether clients call tools at the path, or at what might be taken for it."""
    return f"{path}/".startswith(f"{TOOLS}/")
