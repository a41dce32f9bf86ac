"""Previews: what a function of the operator's says would change, as plain values, each within a bound.

What was cut off is told beside the value, in words of ours. It does not know who makes previews, nor who shows them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, TypeAlias, assert_never

from interrupt_mcp.model.values import JsonObject

LARGEST = 64 * 1024
"""Bytes of text, as UTF-8, that a preview holds."""
LONGEST_CELL = 1_000
"""Characters of a cell of a table, or of the name of a column."""
_AROUND = 3
"""Lines that stay before and after what differs, where all lines are too many."""


@dataclass(frozen=True, slots=True)
class PreviewText:
    """Words."""

    text: str
    cut: str = ""
    """How large the whole is, where this is a part of it."""


@dataclass(frozen=True, slots=True)
class PreviewTable:
    """Rows, each with a cell for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cut: str = ""
    """How large the whole is, where this is a part of it."""


@dataclass(frozen=True, slots=True)
class PreviewChange:
    """How something is now, and how it would be."""

    before: str
    after: str
    name: str = ""
    """Of what changes, such as a file."""
    cut: str = ""
    """How large the two are, where these are parts of them."""


@dataclass(frozen=True, slots=True)
class PreviewFailed:
    """There was to be a preview, and there is none."""

    why: str


Preview: TypeAlias = PreviewText | PreviewTable | PreviewChange | PreviewFailed


def within(preview: Preview, most: int = LARGEST) -> Preview:
    """Return the preview with at most so many bytes of text; what is larger is cut, and says how large it is."""
    match preview:
        case PreviewText(text, cut):
            return preview if _size(text) <= most else PreviewText(_first(text, most), cut or _all_of(text))
        case PreviewTable():
            return _table_within(preview, most)
        case PreviewChange():
            return _change_within(preview, most)
        case PreviewFailed(why):
            return PreviewFailed(_first(why, most))
        case _ as never:
            assert_never(never)


def preview_body(preview: Preview) -> JsonObject:
    """Return the preview as JSON, with its `kind`."""
    match preview:
        case PreviewText(text, cut):
            body: JsonObject = {"kind": "text", "text": text}
        case PreviewTable(columns, rows, cut):
            body = {"kind": "table", "columns": [*columns], "rows": [[*row] for row in rows]}
        case PreviewChange(before, after, name, cut):
            body = {"kind": "change", **({"name": name} if name else {}), "before": before, "after": after}
        case PreviewFailed(why):
            return {"kind": "failed", "why": why}
        case _ as never:
            assert_never(never)
    return {**body, "cut": cut} if cut else body


def preview_of(body: Mapping[str, Any]) -> Preview:
    """Return the preview of which this is the JSON."""
    cut = body.get("cut", "")
    match body["kind"]:
        case "text":
            return PreviewText(body["text"], cut)
        case "table":
            return PreviewTable(tuple(body["columns"]), tuple(tuple(row) for row in body["rows"]), cut)
        case "change":
            return PreviewChange(body["before"], body["after"], body.get("name", ""), cut)
        case _:
            return PreviewFailed(body["why"])


def same_first(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many of the first lines are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _table_within(table: PreviewTable, most: int) -> PreviewTable:
    left = most - sum(map(_size, table.columns))
    rows: list[tuple[str, ...]] = []
    for row in table.rows:
        left -= sum(map(_size, row))
        if left < 0:
            cut = table.cut or f"{len(table.rows):,} rows in all"
            return replace(table, columns=_names_within(table.columns, most), rows=tuple(rows), cut=cut)
        rows.append(row)
    return table


def _names_within(columns: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(_first(name, most // max(1, len(columns))) for name in columns)


def _change_within(change: PreviewChange, most: int) -> PreviewChange:
    """Return the change within the bound: where not all lines fit, those around what differs are kept."""
    before, after, name = change.before, change.after, _first(change.name, LONGEST_CELL)
    most -= _size(name)
    if _size(before) + _size(after) <= most:
        return replace(change, name=name)
    cut = change.cut or f"before {_all_of(before)}, after {_all_of(after)}; shown from where they differ"
    before, after = _without_same_lines(before, after)
    return PreviewChange(_first(before, most // 2), _first(after, most // 2), name, cut)


def _without_same_lines(before: str, after: str) -> tuple[str, str]:
    one, other = before.split("\n"), after.split("\n")
    first = max(0, same_first(one, other) - _AROUND)
    one, other = one[first:], other[first:]
    last = max(0, min(same_first(one[::-1], other[::-1]), len(one) - 1, len(other) - 1) - _AROUND)
    return "\n".join(one[: len(one) - last]), "\n".join(other[: len(other) - last])


def _all_of(text: str) -> str:
    return f"{len(text):,} characters in all"


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _first(text: str, most: int) -> str:
    return text if _size(text) <= most else text.encode("utf-8", "replace")[: max(0, most)].decode("utf-8", "ignore")
