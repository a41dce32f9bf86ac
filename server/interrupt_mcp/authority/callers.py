"""Who calls, and what their scopes let them do. Where nobody has to prove who they are, it is the system's user."""

from functools import cache

from interrupt_mcp.errors import Forbidden
from interrupt_mcp.model import Access, Principal, PrincipalKind, Scope
from interrupt_mcp.private import user


def this_user() -> Access:
    """Return the system's user that this process runs as, as one who calls. What is everybody's they do not see."""
    return _of_the_system(user())


@cache
def _of_the_system(name: str) -> Access:
    return Access(Principal(PrincipalKind.OS, name), frozenset((Scope.RUN, Scope.READ, Scope.DECIDE)))


def refuse_without(access: Access, *scopes: Scope) -> None:
    """Refuse somebody who has none of these scopes.

    Raises:
        Forbidden: they have none.
    """
    if not access.may(*scopes):
        raise Forbidden(f"That needs the scope {' or '.join(scopes)}, which {access.principal} did not prove to have")
