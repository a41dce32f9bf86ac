"""Signing in by a provider: the browser is sent there, comes back with a code, and a session begins.

What was begun is kept by the browser alone, in a cookie that one answer uses up. It knows no protocol of providers'.
"""

import base64
import time
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.channels.keys import Keys
from interrupt_mcp.errors import Error
from interrupt_mcp.identity.sign_in import SECONDS, NotSignedIn, Proofs, SignIn
from interrupt_mcp.secret import new_secret
from interrupt_mcp.web.addresses import query, within
from interrupt_mcp.web.begun import begun
from interrupt_mcp.web.refused import happened, status_of
from interrupt_mcp.web.rendering import Rendering

SESSION_SECONDS = 8 * 3600.0
"""How long somebody stays signed in: what the provider says of them later, that they left, nobody tells us."""
PATH = "/inbox/sign-in/provider"
BACK = "/inbox/sign-in/callback"
"""What is registered at the provider, after the address of this server."""
_COOKIE_PATH = "/inbox/sign-in"
_LONGEST_THEN = 1000
"""Bytes."""
_LONGEST_COOKIE = 2000


class ByProvider:
    """Sign-in by a provider, at the address where pages are served."""

    def __init__(self, sign_in: SignIn, address: str) -> None:
        self._sign_in = sign_in
        self._address = address
        self._parts = urlsplit(address)

    @property
    def host(self) -> str:
        """What people know the provider by."""
        return self._sign_in.host

    async def begin(self, request: Request, inbox: Inbox, rendering: Rendering) -> Response:
        """Send the browser to the provider."""
        asked = request.query_params
        then = within(asked.get("then", ""))
        if request.headers.get("host", "").lower() != self._parts.netloc.lower() and "there" not in asked:
            # The provider sends it back to the one address that it knows, and cookies are of the name in it.
            return RedirectResponse(f"{self._address}{PATH}{query(then=then, there='1')}", 303)
        kept = _kept(then if len(then.encode()) <= _LONGEST_THEN else "/inbox")
        try:
            there = await self._sign_in.address(f"{self._address}{BACK}", _proofs(inbox.keys, kept))
        except Error as error:
            return _told(rendering, f"{happened(error)}. Nobody is signed in.", status_of(error), then)
        answer = RedirectResponse(there, 303)
        self._keep(answer, inbox.keys, kept, SECONDS, rendering.root)
        return answer

    async def back(self, request: Request, inbox: Inbox, rendering: Rendering) -> Response:
        """Begin a session, where the browser comes back with what the provider vouches for."""
        kept = request.cookies.get(f"{inbox.keys.cookie}_provider", "")
        then = _then(kept)
        try:
            if then is None:
                raise NotSignedIn("No sign-in is under way in this browser, or it took too long. Sign in again.")
            proofs = _proofs(inbox.keys, kept)
            access = await self._sign_in.access(request.query_params, f"{self._address}{BACK}", proofs)
        except NotSignedIn as why:
            answer = _told(rendering, str(why), 403, then or "/inbox")
        except Error as error:
            answer = _told(rendering, f"{happened(error)}. Nobody is signed in.", status_of(error), then or "/inbox")
        else:
            answer = await begun(request, inbox, rendering, access, SESSION_SECONDS, then)
        self._keep(answer, inbox.keys, "", 0, rendering.root)
        return answer

    def _keep(self, answer: Response, keys: Keys, kept: str, seconds: int, root: str) -> None:
        """Have the browser keep that for so many seconds; with none it forgets what it kept."""
        # Lax: a browser sends it along on the way back from another site.
        answer.set_cookie(
            f"{keys.cookie}_provider",
            kept,
            max_age=seconds,
            path=f"{root}{_COOKIE_PATH}",
            httponly=True,
            samesite="lax",
            secure=self._parts.scheme == "https",
        )


def _told(rendering: Rendering, text: str, status: int, then: str) -> Response:
    again = f"{PATH}{query(then=then)}"
    return rendering.page("told", {"title": "Not signed in", "text": text, "signed_in": False, "again": again}, status)


def _kept(then: str) -> str:
    """Return what the browser keeps: when it began, a secret, and where it goes on."""
    return f"{int(time.time())}.{new_secret()}.{base64.urlsafe_b64encode(then.encode()).rstrip(b'=').decode()}"


def _then(kept: str) -> str | None:
    """Return where the browser goes on that keeps this; `None` where that is no sign-in, or took too long."""
    at, _, rest = kept.partition(".")
    secret, _, then = rest.partition(".")
    if not (at.isascii() and at.isdigit() and secret and len(kept) <= _LONGEST_COOKIE):
        return None
    if not 0 <= time.time() - int(at) <= SECONDS:
        return None
    try:
        return within(base64.urlsafe_b64decode(then + "=" * (-len(then) % 4)).decode())
    except ValueError:
        return None


def _proofs(keys: Keys, kept: str) -> Proofs:
    return Proofs(*(keys.of_sign_in(each, kept) for each in ("state", "nonce", "verifier")))
