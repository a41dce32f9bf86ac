"""A preview as lines that a person reads: text as it is, a table in columns, before and after as what differs.

Lines are visible text of others, with a few words of ours among them: they stand below a head, and behind a bar.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias, assert_never

from interrupt_mcp.model.previews import Preview, PreviewChange, PreviewFailed, PreviewTable, PreviewText, same_first
from interrupt_mcp.text.columns import columns, padded
from interrupt_mcp.text.visible import visible, visible_lines

HEAD = "What would change with these arguments, as the operator's preview says; nobody checked it against what is done:"
EDITED_HEAD = "What would change as edited, as the operator's preview says; nobody checked it against what is done:"
FAILED_HEAD = "There was to be a preview of what would change:"
_AROUND = 3
"""Lines that are the same, shown before and after those that differ."""
_MOST_LINES = 400
_MOST_PAIRS = 20_000
"""Lines that differ, and pairs of equal ones among them, beyond which all old and then all new lines are shown.

To find the least difference would take long."""
_WIDEST = 60
"""Columns to which a cell is filled up."""
_Marked: TypeAlias = list[tuple[str, str]]
"""Lines, each with a sign before it: of what goes, of what comes, or of what stays."""


def lines(preview: Preview) -> list[str]:
    """Return the preview line by line, as visible text."""
    match preview:
        case PreviewText(text, cut):
            return [*visible_lines(text), *_mark(cut)]
        case PreviewTable(_, _, cut):
            return [*_table(preview), *_mark(cut)]
        case PreviewChange(before, after, name, cut):
            differing = [f"{sign} {visible(line)}" if line else sign for sign, line in _around_changes(before, after)]
            return [*([f"{visible(name)}:"] if name else []), *(differing or ["Nothing would change."]), *_mark(cut)]
        case PreviewFailed(why):
            return [visible(f"The preview failed: {why}")]
        case _ as never:
            assert_never(never)


def size(preview: Preview) -> int:
    """Return how many characters its lines have, before what is not seen is written as its number."""
    match preview:
        case PreviewText(text):
            return len(text)
        case PreviewTable(names, rows):
            return sum(len(cell) for row in (names, *rows) for cell in row)
        case PreviewChange(before, after, name):
            return len(name) + sum(len(line) for _, line in _around_changes(before, after))
        case PreviewFailed(why):
            return len(why)
        case _ as never:
            assert_never(never)


def _mark(cut: str) -> list[str]:
    return [f"[cut: {cut}]"] if cut else []


def _table(table: PreviewTable) -> list[str]:
    if not table.rows:
        return ["A table without rows."]
    shown = [[visible(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [min(_WIDEST, max(map(columns, column))) for column in zip(*shown, strict=True)]
    return ["  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]


def _around_changes(before: str, after: str) -> _Marked:
    """Return what differs, with some lines around it; an ellipsis stands where lines are left out between."""
    marked = _marked(*(text.split("\n") if text else [] for text in (before, after)))
    changes = [at for at, (sign, _) in enumerate(marked) if sign != " "]
    kept = sorted({each for at in changes for each in range(at - _AROUND, at + _AROUND + 1) if 0 <= each < len(marked)})
    found: _Marked = []
    for place, at in enumerate(kept):
        if place and kept[place - 1] != at - 1:
            found.append(("…", ""))
        found.append(marked[at])
    return found


def _marked(one: Sequence[str], other: Sequence[str]) -> _Marked:
    first = same_first(one, other)
    last = same_first(one[first:][::-1], other[first:][::-1])
    ends = len(one) - last, len(other) - last
    middle = _differing(one[first : ends[0]], other[first : ends[1]])
    return [*((" ", line) for line in one[:first]), *middle, *((" ", line) for line in one[ends[0] :])]


def _differing(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    counts, others = Counter(one), Counter(other)
    pairs = sum(count * others[line] for line, count in counts.items())
    if max(len(one), len(other)) > _MOST_LINES or pairs > _MOST_PAIRS:
        yield from (("-", line) for line in one)
        yield from (("+", line) for line in other)
        return
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from ((" ", line) for line in one[a:b])
        else:
            yield from (("-", line) for line in one[a:b])
            yield from (("+", line) for line in other[c:d])
