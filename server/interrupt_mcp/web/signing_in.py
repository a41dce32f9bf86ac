"""Signing in: by a secret that counts once or a token that may decide, and the session that begins with it."""

from starlette.requests import Request
from starlette.responses import Response

from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.errors import Unauthorized
from interrupt_mcp.web.addresses import within
from interrupt_mcp.web.begun import begun
from interrupt_mcp.web.proving import WRONG, Refused, proved
from interrupt_mcp.web.rendering import Rendering
from interrupt_mcp.web.sent import sent


def page(rendering: Rendering, then: str, said: str = "", status: int = 200) -> Response:
    """Return the page on which a secret or a token is typed, or taken from the address by the script."""
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
    """Begin a session, where what was typed counts."""
    form = sent(await request.body())
    then = within(form.text("then"))
    try:
        by = await proved(form.text("secret").strip(), inbox)
        return await begun(request, inbox, rendering, by.access, by.seconds, then, by.token_hash)
    except Refused as refused:
        return page(rendering, then, str(refused), 403)
    except Unauthorized:
        return page(rendering, then, WRONG, 403)
