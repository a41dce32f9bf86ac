"""Who decides a request, in words: those whom policy names, however many, on one line.

It does not know who is asked, nor through what.
"""

from collections.abc import Sequence

from interrupt_mcp.model import Terms
from interrupt_mcp.text.visible import printable_line

_MOST = 5
_LONGEST = 120
"""Of one name."""
OTHER = "somebody else than who started it must accept"


def names_of(deciders: Sequence[str]) -> str:
    """Return the principals and groups as they are told, the first of them where there are many."""
    shown = [_short(printable_line(each)) for each in deciders[:_MOST]]
    if (more := len(deciders) - _MOST) > 0:
        return f"{', '.join(shown)} or {more} more"
    *others, last = shown
    return f"{', '.join(others)} or {last}" if others else last


def who_decides(terms: Terms) -> str:
    """Say who may decide it, as far as policy says so: a part of a sentence, empty where policy says nothing."""
    if terms.deciders is None:
        return f"{OTHER}, and policy names nobody" if terms.require_other_person else ""
    if not terms.deciders:
        return "policy leaves nobody who decides it"
    only = f"only {names_of(terms.deciders)} {'decides' if len(terms.deciders) == 1 else 'decide'} it"
    return f"{only}, and {OTHER}" if terms.require_other_person else only


def is_for_nobody(terms: Terms) -> bool:
    """Whether policy, as it stands, has nobody who may accept it."""
    return not terms.deciders and (terms.deciders is not None or terms.require_other_person)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
