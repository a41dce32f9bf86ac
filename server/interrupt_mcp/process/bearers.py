"""Whose tokens count at the server of one process: the operator's, which are in the store, or those of a provider."""

from interrupt_mcp.app import App
from interrupt_mcp.http.doorway import TOOLS, Doorway
from interrupt_mcp.identity import Bearer, Bearers
from interrupt_mcp.words import AuthMode


def doorway_of(app: App, url: str) -> Doorway | None:
    """Return what is in front of the tools, which people call by that URL; `None` where nobody is asked for a token."""
    settings = app.settings
    if not settings.shared:
        return None
    provider = app.provider if settings.auth is AuthMode.OAUTH else None
    bearers: Bearers
    if provider is None:
        bearers = _OfTheStore(app)
    else:
        from interrupt_mcp.identity.access_tokens import ProviderBearers

        bearers = ProviderBearers(provider, provider.oauth.audience or f"{url}{TOOLS}")
    issuer = "" if provider is None else provider.oauth.issuer
    return Doorway(bearers, url, issuer, settings.limits.requests, settings.proxies)


class _OfTheStore(Bearers):
    """Knows the operator's tokens, from when the store is there: a token may come before."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._opened: Bearers | None = None

    async def known(self, token: str) -> Bearer | None:
        if self._opened is None:
            from interrupt_mcp.identity.tokens import TokenBearers

            self._opened = TokenBearers((await self._app.store()).tokens)
        return await self._opened.known(token)
