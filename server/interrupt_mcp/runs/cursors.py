"""Cursors: the place in a list from which its next page goes on, as text that whoever lists need not understand."""

from datetime import UTC, datetime

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.store.records import Place

_BETWEEN = "_"
_LONGEST_CURSOR = 200


def position(cursor: str) -> int | None:
    """Return the place in a list that a cursor means; none for the first page.

    Raises:
        InvalidInput: no list gave it.
    """
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInput(f"cursor {cursor[:40]!r} is none that a list gave")
    return int(cursor)


def place(cursor: str) -> Place | None:
    """Return the place among decisions that a cursor means; none for the first page.

    Raises:
        InvalidInput: no list gave it.
    """
    if not cursor:
        return None
    parts = cursor.split(_BETWEEN) if len(cursor) <= _LONGEST_CURSOR else []
    try:
        at, interrupt_id, index, round_ = parts
        moment = datetime.fromisoformat(at).astimezone(UTC)
        return Place(moment, interrupt_id, position(index) or 0, position(round_) or 0)
    except (ValueError, OverflowError):
        raise InvalidInput(f"cursor {cursor[:40]!r} is none that a list gave") from None


def cursor_of(following: Place) -> str:
    """Return the cursor that means the place."""
    parts = following.at.isoformat(timespec="milliseconds"), following.interrupt_id, following.index, following.round
    return _BETWEEN.join(map(str, parts))
