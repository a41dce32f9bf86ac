"""A table on a terminal: as wide as it needs to be, or as it may be. It knows rows of text, not what they are about."""

from collections.abc import Sequence

from interrupt_mcp.cli.text import cut, padded
from interrupt_mcp.text.visible import columns, visible

_GAP = "  "
_NARROWEST = 6
Row = Sequence[str]


def table(heads: Row, rows: Sequence[Row], width: int | None, firm: int = 0) -> list[str]:
    """The lines; no wider than `width` where that can be, by cutting the widest column first. `None` cuts nothing.

    The first `firm` columns are cut only where nothing else is left to cut.
    """
    shown = [list(heads), *([visible(cell) for cell in row] for row in rows)]
    widths = [max(map(columns, cells)) for cells in zip(*shown, strict=True)]
    if width is not None:
        least = [min(wide, max(columns(head), _NARROWEST)) for wide, head in zip(widths, heads, strict=True)]
        room = width - len(_GAP) * (len(heads) - 1)
        widths = _fitting(widths, widths[:firm] + least[firm:], room)
        widths = _fitting(widths, least, room)
    return [
        _GAP.join(padded(cut(cell, room), room) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]


def _fitting(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that fit, or come as near as can be with none under its least."""
    fitting = list(widths)
    while sum(fitting) > room:
        spare = [now - narrowest for now, narrowest in zip(fitting, least, strict=True)]
        if not any(spare):
            break
        widest = max((now, at) for at, now in enumerate(fitting) if spare[at])[1]
        fitting[widest] -= 1
    return fitting
