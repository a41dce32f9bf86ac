"""Columns: how much of a terminal's line visible text takes, and how it is cut, filled up or broken to fit.

It knows widths, not what is visible.
"""

import unicodedata
from collections.abc import Iterator

from interrupt_mcp.text.visible import MARKS, closed


def columns(text: str) -> int:
    """Return how many columns a terminal needs for visible text."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Return visible text in at most `width` columns, of which the mark for what was cut off is one."""
    if columns(text) <= width:
        return text
    kept = next(broken(text, width - 1), "")
    while columns(ended := closed(kept)) >= width and kept:
        kept = kept[:-1]
    return f"{ended}…"


def padded(text: str, width: int) -> str:
    """Return visible text with spaces after it, so that it takes `width` columns; what takes more stays as it is."""
    return text + " " * (width - columns(text))


def broken(line: str, width: int) -> Iterator[str]:
    """Yield a visible line in parts of at most `width` columns each; an empty line is one empty part."""
    part, used = "", 0
    for each in line:
        wide = _columns(each)
        if used + wide > width:
            yield part
            part, used = "", 0
        part, used = part + each, used + wide
    yield part


def _columns(character: str) -> int:
    if unicodedata.category(character) in MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
