"""Permission: whether the scopes of a token suffice for what a request asks, before it is passed on.

It reads what a request calls, and nothing of what that is given.
"""

import json

from starlette.responses import Response
from starlette.types import Scope

from interrupt_mcp.http.challenges import Challenges
from interrupt_mcp.http.problems import PARSE_ERROR, problem
from interrupt_mcp.identity import IN_SCOPE, Bearer
from interrupt_mcp.mcp.permitted import ANY, needed_by


def bearer_of(scope: Scope) -> Bearer | None:
    """Return who brought the token that a request came with; `None` where nobody has to bring one."""
    found: Bearer | None = scope.get(IN_SCOPE)
    return found


def whose(scope: Scope) -> str:
    """Return the principal that a request is of, in words; empty where nobody has to say who they are."""
    bearer = bearer_of(scope)
    return "" if bearer is None else str(bearer.access.principal)


class Permission:
    """Looks at what a request asks, and at who asks it."""

    def __init__(self, challenges: Challenges) -> None:
        self._challenges = challenges

    def refusal(self, scope: Scope, body: bytes) -> Response | None:
        """Return the answer to a request that is not permitted; none to one that is."""
        if (bearer := bearer_of(scope)) is None:
            return None
        try:
            message = json.loads(body.decode()) if scope["method"] == "POST" else None
        except (ValueError, RecursionError):
            return problem(400, "The body is no JSON in UTF-8.", code=PARSE_ERROR)
        for scopes in needed_by(message):
            if not bearer.access.may(*scopes):
                # Whatever would do, a client is best told to ask for what lets it do most.
                return self._challenges.lacks(*scopes) if scopes is not ANY else self._challenges.lacks_all()
        return None
