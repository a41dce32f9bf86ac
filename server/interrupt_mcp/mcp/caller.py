"""Who calls a tool, and what their client can do."""

from typing import TYPE_CHECKING

from mcp.server.mcpserver import Context

from interrupt_mcp.channels.user import user
from interrupt_mcp.model import Channel

if TYPE_CHECKING:
    from interrupt_mcp.runs.caller import Actor

MODERN = "2026-07-28"
"""From this revision on a server asks in a result; before, in requests of its own."""


def actor(ctx: Context, channel: Channel, *, asks: bool) -> "Actor":
    """The client by its own name, for the system's user; `asks` is whether it is asked by forms."""
    from interrupt_mcp.runs.caller import Actor

    params = ctx.session.client_params
    name = f"{params.client_info.name} {params.client_info.version}" if params else "a client"
    return Actor(channel, f"{name[:120]} for {user()}", asks)


def shows_forms(ctx: Context) -> bool:
    """Whether the client declared that it shows forms; one that names no mode means forms."""
    capabilities = ctx.client_capabilities
    declared = capabilities.elicitation if capabilities else None
    return declared is not None and (declared.form is not None or declared.url is None)


def is_modern(ctx: Context) -> bool:
    return (ctx.protocol_version or "") >= MODERN
