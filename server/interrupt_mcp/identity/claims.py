"""Claims: what those of a provider's token say of somebody, in our words. They were verified before."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from interrupt_mcp.access import names_principal
from interrupt_mcp.identity.signed import DoesNotCount
from interrupt_mcp.model import Principal
from interrupt_mcp.words import Scope

log = logging.getLogger(__name__)
MOST_GROUPS = 200
_LONGEST_GROUP = 200


def principal_of(claims: Mapping[str, Any]) -> Principal:
    """Return whose claims they are.

    Raises:
        DoesNotCount: that is nobody who could be shown.
    """
    try:
        return Principal.read(str(Principal.of_provider(claims["iss"], claims["sub"])))
    except ValueError:
        raise DoesNotCount("its subject is none") from None


def scopes_in(said: object) -> frozenset[Scope]:
    """Return those of our scopes that stand in a text with spaces between them, or in a list."""
    words = said.split(" ") if isinstance(said, str) else said if isinstance(said, list) else ()
    return frozenset(scope for scope in Scope if scope in words)


def groups_of(claims: Mapping[str, Any], claim: str | None) -> frozenset[str]:
    """Return the groups that the claim lists. A name that passes for a principal's, or cannot be shown, is none."""
    found = None if claim is None else _found(claims, claim)
    listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    groups = list(_groups(listed[:MOST_GROUPS]))
    if len(groups) < len(listed):
        log.warning("of %d groups of a token %d do not count", len(listed), len(listed) - len(groups))
    return frozenset(groups)


def _found(claims: Mapping[str, Any], claim: str) -> object:
    """Return the claim of that name, else what its dots lead to: names of claims may have dots of their own."""
    found: object = claims
    for name in (claim,) if claim in claims else claim.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _groups(listed: list[Any]) -> Iterator[str]:
    for each in listed:
        if isinstance(each, str) and _is_shown(each) and not names_principal(each):
            yield each


def _is_shown(group: str) -> bool:
    return bool(group.strip()) and len(group) <= _LONGEST_GROUP and group.isprintable()
