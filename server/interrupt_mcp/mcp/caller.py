"""Who calls a tool, and what their client can do."""

import re
from typing import TYPE_CHECKING

from mcp.server.mcpserver import Context

from interrupt_mcp.channels.user import user
from interrupt_mcp.model import Channel
from interrupt_mcp.text.visible import escaped_json

if TYPE_CHECKING:
    from interrupt_mcp.runs.caller import Actor

MODERN = "2026-07-28"
"""From this revision on a server asks in a result; before, in requests of its own."""
_PLAIN = re.compile(r"[\w.+/@-]+ [\w.+/@-]*", re.ASCII)


def actor(ctx: Context, channel: Channel, *, shows_forms: bool) -> "Actor":
    """Return the client by its own name, for the system's user; `shows_forms` is whether it is asked by forms."""
    from interrupt_mcp.runs.caller import Actor

    params = ctx.session.client_params
    name = _named(f"{params.client_info.name} {params.client_info.version}"[:120]) if params else "a client"
    return Actor(channel, f"{name} for {user()}", shows_forms)


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
