"""A session as it begins: its secret goes into a cookie, and the page that answers goes on by itself.

A browser does not send a strict cookie on the way from another site or a file. It does not know what somebody proved.
"""

from starlette.requests import Request
from starlette.responses import Response

from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.model import Access
from interrupt_mcp.secret import hash_of, new_secret
from interrupt_mcp.web.rendering import Rendering

_LONGEST = 200
"""Characters of what a browser calls itself."""


async def begun(
    request: Request,
    inbox: Inbox,
    rendering: Rendering,
    access: Access,
    seconds: float,
    then: str,
    token_hash: str = "",
) -> Response:
    """Begin a session, which ends after so many seconds, and with the token of that hash, if any."""
    secret = new_secret()
    program = request.headers.get("user-agent", "")[:_LONGEST]
    await inbox.sessions.begin(hash_of(secret), access, program, seconds, token_hash=token_hash)
    answer = rendering.page("go_on", {"then": then, "signed_in": False, "by_itself": True})
    answer.set_cookie(
        inbox.keys.cookie,
        secret,
        max_age=int(seconds),
        path=f"{rendering.root}/inbox",
        httponly=True,
        samesite="strict",
        secure=rendering.secure,
    )
    return answer
