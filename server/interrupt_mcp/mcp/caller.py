"""Who calls a tool, and what their client can do."""

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context

from interrupt_mcp.authority import this_user
from interrupt_mcp.errors import Unauthorized
from interrupt_mcp.identity import IN_SCOPE, Bearer
from interrupt_mcp.model import Access, Channel
from interrupt_mcp.text.visible import escaped_json

if TYPE_CHECKING:
    from interrupt_mcp.runs.caller import Actor
    from interrupt_mcp.store.known import Client

MODERN = "2026-07-28"
"""From this revision on a server asks in a result; before, in requests of its own."""
_LONGEST = 100
"""Of each text that a client says of itself, how many characters are kept."""
_MOST = 30
"""How many words are kept of what it declared."""
_PLAIN = re.compile(r"[\w.+/@-]+ [\w.+/@-]*", re.ASCII)


AnyContext = Context | ServerRequestContext[Any, Any]
"""Of a call of a tool, or of any other request."""


class Callers:
    """Who calls the tools of one server."""

    def __init__(self, *, proved: bool) -> None:
        """`proved` is whether they prove who they are; else it is the system's user who calls, through a client."""
        self.proved = proved

    def access(self, ctx: AnyContext) -> Access:
        """Return who calls, and what they may do.

        Raises:
            Unauthorized: they did not prove who they are.
        """
        if not self.proved:
            return this_user()
        request = (ctx.request_context if isinstance(ctx, Context) else ctx).request
        bearer = None if request is None else request.scope.get(IN_SCOPE)
        if not isinstance(bearer, Bearer):
            raise Unauthorized("Nobody proved who calls")
        return bearer.access

    def actor(self, ctx: Context, channel: Channel, *, shows_forms: bool) -> "Actor":
        """Return who calls, with the client by its own name; `shows_forms` is whether they are asked by forms."""
        from interrupt_mcp.runs.caller import Actor

        params = ctx.session.client_params
        name = _named(f"{params.client_info.name} {params.client_info.version}"[:120]) if params else "a client"
        return Actor(channel, self.access(ctx).principal, name, shows_forms)

    def bound(self, ctx: ServerRequestContext[Any, Any]) -> str | None:
        """Return what a request's state is bound to, so that it counts from nobody else; nothing where all are one."""
        return str(self.access(ctx).principal) if self.proved else None


def _named(given: str) -> str:
    """Return what a client calls itself, in quotation marks where it is more than a word: it passes for no sentence."""
    return given if _PLAIN.fullmatch(given) else escaped_json(given)


def shows_forms(ctx: Context) -> bool:
    """Whether the client declared that it shows forms; one that names no mode means forms."""
    capabilities = ctx.client_capabilities
    declared = capabilities.elicitation if capabilities else None
    return declared is not None and (declared.form is not None or declared.url is None)


def is_modern(ctx: Context) -> bool:
    """Whether a call may ask in its result, and be made again with the answers."""
    return (ctx.protocol_version or "") >= MODERN


def client(ctx: Context) -> "Client":
    """Return the client as it presents itself, now or when it connected, cut to what can be kept of it."""
    from interrupt_mcp.store.known import Client

    params = ctx.session.client_params
    name, version = (params.client_info.name, params.client_info.version) if params else ("", "")
    over = "stdio" if ctx.headers is None else "http"
    return Client(_plain(name), _plain(version), _plain(ctx.protocol_version or ""), over, _declared(ctx))


def _declared(ctx: Context) -> tuple[str, ...]:
    """Return what the client declared that it can do, in words: `elicitation.form`, `extensions.` with an id."""
    capabilities = ctx.client_capabilities
    if capabilities is None:
        return ()
    body = capabilities.model_dump(mode="json", by_alias=True, exclude_none=True)
    words = (
        f"{name}.{part}" if part else name
        for name, parts in islice(body.items(), _MOST)
        for part in ([*islice(parts, _MOST)] or [""])
    )
    return tuple(sorted({_plain(word) for word in islice(words, _MOST)}))


def _plain(said: str) -> str:
    """Return what a client says of itself, cut, and without characters that cannot be seen or kept."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in said[:_LONGEST])
