"""Signing in: a secret that counts once, and the session that begins with it."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from interrupt_mcp.authority import this_user
from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.channels.keys import hash_of
from interrupt_mcp.web.addresses import within
from interrupt_mcp.web.begun import begun
from interrupt_mcp.web.rendering import Rendering
from interrupt_mcp.web.sent import sent

SESSION_SECONDS = 7 * 24 * 3600.0


def page(rendering: Rendering, then: str, said: str = "", status: int = 200) -> Response:
    """Return the page on which a secret is typed, or taken from the address by the script."""
    values = {"then": within(then), "said": said, "signed_in": False}
    return rendering.page("sign_in", values, status)


def not_signed_in(request: Request, rendering: Rendering) -> Response:
    """Answer somebody who is not known.

    Whoever comes by a link on another site is shown a link to the same page first: their browser kept the cookie back.
    """
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        return rendering.page("go_on", {"then": within(there), "signed_in": False, "by_itself": False})
    return page(rendering, there if request.method == "GET" else "", status=401)


async def sign_in(request: Request, inbox: Inbox, rendering: Rendering) -> Response:
    """Begin a session, where the secret is one that counts."""
    form = sent(await request.body())
    then = within(form.text("then"))
    principal = await inbox.sessions.take(hash_of(form.text("secret").strip()))
    if principal is None:
        said = (
            "That code was used already, or is older than a minute. `interrupt-mcp inbox` in a terminal gives another."
        )
        return page(rendering, then, said, 403)
    return await begun(request, inbox, rendering, replace(this_user(), principal=principal), SESSION_SECONDS, then)
