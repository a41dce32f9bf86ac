"""Who calls where nobody has to prove who they are: the system's user, over stdio and on loopback."""

from interrupt_mcp.model import Access, Principal, PrincipalKind, Scope
from interrupt_mcp.private import user


def this_user() -> Access:
    """Return the system's user that this process runs as, as one who calls. What is everybody's they do not see."""
    return Access(Principal(PrincipalKind.OS, user()), frozenset((Scope.RUN, Scope.READ, Scope.DECIDE)))
