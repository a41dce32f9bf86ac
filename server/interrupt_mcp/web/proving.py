"""Who somebody at the sign-in page is, by what they typed. It does not know the session that begins with it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from interrupt_mcp.authority import this_user
from interrupt_mcp.channels.inbox import Inbox
from interrupt_mcp.identity import Bearer
from interrupt_mcp.identity.tokens import TokenBearers, is_token
from interrupt_mcp.model import Access, Scope
from interrupt_mcp.secret import hash_of

SESSION_SECONDS = 7 * 24 * 3600.0
WRONG = (
    "That code was used already, or is older than a minute; or that token does not count, or no more."
    " `interrupt-mcp inbox` in a terminal gives another code, `interrupt-mcp token create` another token."
)
"""One sentence for all that is wrong, so that it tells nothing of what would be right."""
_RUNS = (
    "This token starts runs, so a model may use it, and no model signs in here. A person's token has `decide` and not"
    " `run`: `interrupt-mcp token create NAME --scopes read,decide` makes one."
)
_DECIDES_NOT = (
    "This token may not decide, which is what these pages are for:"
    " `interrupt-mcp token create NAME --scopes read,decide` makes one that may."
)


class Refused(Exception):
    """It signs nobody in, as the text says."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Who signs in, and for how long."""

    access: Access
    seconds: float
    token_hash: str = ""
    """Of the token that was typed, with which the session ends."""


async def proved(typed: str, inbox: Inbox) -> Proved:
    """Return whom a secret, which is used up, or a token signs in.

    Raises:
        Refused: nobody.
    """
    if is_token(typed):
        bearer = await TokenBearers(inbox.tokens).known(typed)
        if bearer is None:
            raise Refused(WRONG)
        return _by_token(bearer)
    principal = await inbox.sessions.take(hash_of(typed))
    if principal is None:
        raise Refused(WRONG)
    return Proved(replace(this_user(), principal=principal), SESSION_SECONDS)


def _by_token(bearer: Bearer) -> Proved:
    if bearer.access.may(Scope.RUN):
        raise Refused(_RUNS)
    if not bearer.access.may(Scope.DECIDE):
        raise Refused(_DECIDES_NOT)
    rest = SESSION_SECONDS
    if bearer.expires_at is not None:
        rest = min(rest, (bearer.expires_at - datetime.now(UTC)).total_seconds())
    return Proved(bearer.access, rest, bearer.key)
