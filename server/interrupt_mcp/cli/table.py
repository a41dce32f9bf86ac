"""A table on a terminal: as wide as it needs to be, or as it may be. It knows rows of text, not what they are about."""

from bisect import bisect_right
from collections.abc import Sequence

from interrupt_mcp.text.columns import columns, cut, padded
from interrupt_mcp.text.visible import visible

_GAP = "  "
_NARROWEST = 6
Row = Sequence[str]


def table(heads: Row, rows: Sequence[Row], width: int | None, firm: int = 0) -> list[str]:
    """Return the lines, no wider than `width` where that can be, by cutting the widest column first.

    The first `firm` columns are cut only where nothing else is left to cut. A `width` of `None` cuts nothing.
    """
    shown = [list(heads), *([visible(cell) for cell in row] for row in rows)]
    widths = [max(map(columns, cells)) for cells in zip(*shown, strict=True)]
    if width is not None:
        least = [min(wide, max(columns(head), _NARROWEST)) for wide, head in zip(widths, heads, strict=True)]
        room = width - len(_GAP) * (len(heads) - 1)
        widths = _fitting(widths, [*widths[:firm], *least[firm:]], room)
        widths = _fitting(widths, least, room)
    return [
        _GAP.join(padded(cut(cell, room), room) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]


def _fitting(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return widths that fit, or come as near as can be with none under its least: the widest become equally wide."""

    def narrowed(most: int) -> list[int]:
        return [max(narrowest, min(wide, most)) for wide, narrowest in zip(widths, least, strict=True)]

    fitting = bisect_right(range(max(widths) + 1), room, key=lambda most: sum(narrowed(most)))
    return narrowed(max(fitting - 1, 0))
