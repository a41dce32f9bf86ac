"""Sharing: who may call over HTTP, how they prove who they are, and what of it does not work or will not for long."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio

from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.config.oauth import OAuth, is_loopback
from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.words import AuthMode

if TYPE_CHECKING:
    from interrupt_mcp.store.known import Token

_SECONDS = 8.0
"""How long the provider has to answer."""
_SOON = timedelta(days=7)
_NAMED = 5
_MAKE = "Make one for each client: interrupt-mcp token create NAME --scopes run,read"


def findings(case: Case, kept: Kept | None) -> Iterator[Finding]:
    """Tell who may call, and as whom."""
    mode = case.settings.auth
    tokens = [] if kept is None else _living(kept)
    if mode is AuthMode.NONE:
        yield _found(
            Level.OK, "Nobody is asked who they are: over HTTP, whoever is on this machine is you (auth is none)."
        )
        if tokens:
            said = f"{_many(tokens)} there, and without authentication they sign in at the pages and do nothing else."
            yield _found(Level.NOTE, said, "If clients are to bring them: INTERRUPT_MCP_AUTH=token", "token")
    elif mode is AuthMode.TOKEN:
        yield _found(Level.OK, "Over HTTP everybody brings a token of the operator's (auth is token).")
        yield from _tokens(tokens, wanted=True)
    else:
        yield _found(Level.OK, "Over HTTP everybody brings a token of the OpenID provider's (auth is oauth).")
        yield from _tokens(tokens, wanted=False)
    yield from _provider(case)
    if mode is not AuthMode.NONE:
        yield from _address(case)


def _living(kept: Kept) -> "list[Token]":
    now = datetime.now(UTC)
    return [each for each in kept.tokens if each.revoked_at is None and (each.expires_at or now) >= now]


def _tokens(living: "list[Token]", *, wanted: bool) -> Iterator[Finding]:
    """Tell of the operator's tokens; they are `wanted` where nothing else lets anybody in."""
    if not living:
        if wanted:
            yield _found(Level.WARNING, "No token counts, so nobody is let in.", _MAKE, "token")
        return
    yield _found(Level.OK, f"{_many(living)} there that count{'s' if len(living) == 1 else ''}.", name="token")
    until = datetime.now(UTC) + _SOON
    ending = sorted({each.name for each in living if each.expires_at is not None and each.expires_at < until})
    if ending:
        more = f" and {len(ending) - _NAMED} more" if len(ending) > _NAMED else ""
        said = f"Within a week tokens of {', '.join(ending[:_NAMED])}{more} expire."
        yield _found(Level.NOTE, said, "See when: interrupt-mcp token list. Make new ones before.", "token")


def _many(living: "list[Token]") -> str:
    return "1 token is" if len(living) == 1 else f"{len(living)} tokens are"


def _provider(case: Case) -> Iterator[Finding]:
    oauth, clients = case.settings.oauth, case.settings.auth is AuthMode.OAUTH
    if oauth is None:
        if clients:
            said = f"No provider is named in {SETTINGS_FILE}, so that no server over HTTP starts."
            yield _found(Level.PROBLEM, said, 'Name it: [auth] issuer = "https://…"', "auth")
        return
    if clients or oauth.client_id is not None:
        yield _reached(oauth)
    if clients:
        audience = oauth.audience or f"{case.settings.url or 'the address at which the server listens, with '}/mcp"
        yield _found(Level.OK, f"Tokens have to be made for {audience} (audience).", name="auth")
    variable = oauth.client_secret_env
    if oauth.client_id is None:
        said = "Nobody signs in to the pages at the provider: [auth] has no client_id."
        yield _found(Level.NOTE, said, "If people are to: see docs/sign-in.md.", "auth")
    elif variable is not None and not case.asked.environ.get(variable):
        said = f"{variable}, which is to hold the client's secret, is not set here: nobody signs in at the provider."
        yield _found(Level.WARNING, said, f"Set {variable} where the server is started.", "auth")


def _reached(oauth: OAuth) -> Finding:
    """Ask the provider, once and not for long."""
    try:
        anyio.run(_ask, oauth)
    except (Unavailable, TimeoutError) as error:
        said = str(error.args[0]).rstrip(". ") if isinstance(error, Unavailable) else "The provider does not answer"
        do = "See that this machine reaches it, and that `issuer` is what it calls itself."
        return _found(Level.WARNING, f"{said}: {oauth.issuer}.", do, "auth")
    return _found(Level.OK, f"{oauth.issuer} answers, with its keys.", name="auth")


async def _ask(oauth: OAuth) -> None:
    from interrupt_mcp.identity.provider import Provider

    with anyio.fail_after(_SECONDS):
        await Provider(oauth).keys(None, oauth.algorithms[0])


def _address(case: Case) -> Iterator[Finding]:
    url, proxies = case.settings.url, case.settings.proxies
    if not url:
        do = 'Beyond this machine, say what people call it: url = "https://agents.example"'
        yield _found(Level.NOTE, "Links name the address at which the server listens: url is not set.", do, "url")
    elif url.startswith("https:") and not proxies:
        said = "url is https, and no proxy is named: wrong tokens, whoever brings them, share one wait."
        yield _found(Level.NOTE, said, 'Name the proxy that speaks TLS: proxies = ["127.0.0.1"]', "proxies")
    elif url.startswith("http:") and not is_loopback(urlsplit(url).hostname or ""):
        said = f"{url} is not encrypted: tokens and cookies can be read on the way."
        yield _found(Level.WARNING, said, "Put a proxy with TLS in front, and name its https:// address as url.", "url")


def _found(level: Level, text: str, do: str = "", name: str = "") -> Finding:
    return Finding(Section.SHARING, level, text, do, name)
