"""Signing in: by a secret that counts once or a token that may decide, and the session that begins with it.

The page that answers goes on by itself: a browser does not send a strict cookie on the way from another site or a file.
"""

from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.errors import Unauthorized
from interrupt_mcp.secret import hash_of, new_secret
from interrupt_mcp.web.proving import WRONG, Refused, proved
from interrupt_mcp.web.rendering import Rendering
from interrupt_mcp.web.sent import sent

_LONGEST = 200
"""Characters of what a browser calls itself."""


def page(rendering: Rendering, then: str, said: str = "", status: int = 200) -> Response:
    """Return the page on which a secret or a token is typed, or taken from the address by the script."""
    values = {"then": _within(then), "said": said, "signed_in": False}
    return rendering.page("sign_in", values, status)


def not_signed_in(request: Request, rendering: Rendering) -> Response:
    """Answer somebody who is not known.

    Whoever comes by a link on another site is shown a link to the same page first: their browser kept the cookie back.
    """
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        return rendering.page("go_on", {"then": _within(there), "signed_in": False, "by_itself": False})
    return page(rendering, there if request.method == "GET" else "", status=401)


async def sign_in(request: Request, inbox: Inbox, rendering: Rendering) -> Response:
    """Begin a session, where what was typed counts."""
    form = sent(await request.body())
    then = _within(form.text("then"))
    secret, program = new_secret(), request.headers.get("user-agent", "")[:_LONGEST]
    try:
        by = await proved(form.text("secret").strip(), inbox)
        await inbox.sessions.begin(hash_of(secret), by.access, program, by.seconds, token_hash=by.token_hash)
    except Refused as refused:
        return page(rendering, then, str(refused), 403)
    except Unauthorized:
        return page(rendering, then, WRONG, 403)
    answer = rendering.page("go_on", {"then": then, "signed_in": False, "by_itself": True})
    answer.set_cookie(
        inbox.keys.cookie,
        secret,
        max_age=int(by.seconds),
        path=f"{rendering.root}/inbox",
        httponly=True,
        samesite="strict",
        secure=rendering.secure,
    )
    return answer


def _within(then: str) -> str:
    """Return the page to go on with; the inbox, where it would lead elsewhere."""
    try:
        parts = urlsplit(then)
    except ValueError:
        return "/inbox"
    inside = not parts.scheme and not parts.netloc and f"{parts.path}/".startswith("/inbox/") and "\\" not in then
    # Browsers go up for these, escaped ones too.
    inside = inside and not {".", ".."} & set(unquote(parts.path).split("/"))
    return then if inside and parts.path != "/inbox/sign-in" and then.isprintable() else "/inbox"
