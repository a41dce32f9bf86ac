"""Signing in: a secret that counts once, and the session that begins with it.

The page that answers goes on by itself: a browser does not send a strict cookie on the way from another site or a file.
"""

from dataclasses import replace
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from interrupt_mcp.authority import this_user
from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.channels.keys import hash_of, new_secret
from interrupt_mcp.web.rendering import Rendering
from interrupt_mcp.web.sent import sent

SESSION_SECONDS = 7 * 24 * 3600.0
_LONGEST = 200
"""Characters of what a browser calls itself."""


def page(rendering: Rendering, then: str, said: str = "", status: int = 200) -> Response:
    """Return the page on which a secret is typed, or taken from the address by the script."""
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
    """Begin a session, where the secret is one that counts."""
    form = sent(await request.body())
    then = _within(form.text("then"))
    principal = await inbox.sessions.take(hash_of(form.text("secret").strip()))
    if principal is None:
        said = (
            "That code was used already, or is older than a minute. `interrupt-mcp inbox` in a terminal gives another."
        )
        return page(rendering, then, said, 403)
    secret = new_secret()
    program = request.headers.get("user-agent", "")[:_LONGEST]
    await inbox.sessions.begin(hash_of(secret), replace(this_user(), principal=principal), program, SESSION_SECONDS)
    answer = rendering.page("go_on", {"then": then, "signed_in": False, "by_itself": True})
    answer.set_cookie(
        inbox.keys.cookie,
        secret,
        max_age=int(SESSION_SECONDS),
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
