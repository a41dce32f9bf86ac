"""What a preview's function returned, as a preview: text, a table, or before and after, whatever else it is.

It runs in the thread of the function, since the value's own code runs here too. It does not know who called it.
"""

import json
from collections.abc import Mapping
from itertools import islice

from interrupt_mcp.model import Json, to_json
from interrupt_mcp.model.previews import (
    LONGEST_CELL,
    Preview,
    PreviewChange,
    PreviewFailed,
    PreviewTable,
    PreviewText,
    within,
)

_ROWS = 200
_COLUMNS = 20
_TAKEN = 'a text, a list of mappings, or a mapping with "before" and "after"'


def preview_returned(value: object) -> Preview | None:
    """Return the preview that the value is, cut to its bounds; `None` where there is nothing to show."""
    match value:
        case None:
            return None
        case str():
            return within(PreviewText(_text(value)))
        case Mapping():
            return _change(value)
        case list() | tuple():
            return _table(value)
        case _:
            return PreviewFailed(f"it returned {_kind(value)}, and takes are {_TAKEN}")


def _change(value: Mapping[object, object]) -> Preview:
    if not {"before", "after"} <= value.keys() <= {"before", "after", "name"}:
        return PreviewFailed(f"it returned a mapping with other keys, and takes are {_TAKEN}")
    name = value.get("name")
    return within(PreviewChange(_side(value["before"]), _side(value["after"]), "" if name is None else _text(name)))


def _side(value: object) -> str:
    """Return how it is now or would be, as text; nothing of what is not there."""
    return "" if value is None else _text(value, indent=2)


def _table(rows: list[object] | tuple[object, ...]) -> Preview:
    shown = [row for row in islice(rows, _ROWS) if isinstance(row, Mapping)]
    if len(shown) < min(len(rows), _ROWS):
        return PreviewFailed(f"it returned a list with something else than mappings, and takes are {_TAKEN}")
    names = list(dict.fromkeys(name for row in shown for name in row))
    columns = names[:_COLUMNS]
    cells = tuple(tuple(_cell(row.get(name)) for name in columns) for row in shown)
    larger = [f"{len(rows):,} rows"] if len(rows) > _ROWS else []
    larger += [f"{len(names):,} columns"] if len(names) > _COLUMNS else []
    cut = f"{' and '.join(larger)} in all" if larger else ""
    return within(PreviewTable(tuple(map(_cell, columns)), cells, cut))


def _cell(value: object) -> str:
    text = "" if value is None else _text(value)
    if len(text) <= LONGEST_CELL:
        return text
    return f"{text[:LONGEST_CELL]}… [{len(text):,} characters in all]"


def _text(value: object, indent: int | None = None) -> str:
    """Return a text as it is, and anything else as JSON; without what no text in JSON can hold."""
    found: Json = to_json(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=indent)


def _kind(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
