"""A glimpse of a value that nobody vouches for: the beginning of its JSON, however large, deep or odd it is.

No code of the value's own is run: what JSON does not have is shown as the name of its type.
"""

import json
from collections.abc import Iterator
from itertools import islice

_DEEPEST = 5
_WIDEST = 30
"""How many items of a list or object are shown."""
_LARGEST_NUMBER = 10**20


def glimpse(value: object, longest: int) -> str:
    """Return the value's JSON, and of a text the text itself, in not much more than so many characters."""
    if type(value) is str:
        return value[:longest]
    text = ""
    for piece in _json(value, longest, _DEEPEST):
        text += piece
        if len(text) >= longest:
            break
    return text


def _json(value: object, longest: int, deeper: int) -> Iterator[str]:
    """Yield the value's JSON piece by piece."""
    kind = type(value)
    if kind is str:
        yield json.dumps(str(value)[:longest], ensure_ascii=False)
    elif value is None or kind in (bool, float) or (kind is int and abs(value) < _LARGEST_NUMBER):  # type: ignore[arg-type]
        yield json.dumps(value)
    elif kind in (dict, list, tuple) and deeper:
        yield from _items(value, longest, deeper - 1)  # type: ignore[arg-type]
    else:
        yield "…" if kind in (dict, list, tuple) else type.__repr__(kind)


def _items(
    value: "dict[object, object] | list[object] | tuple[object, ...]", longest: int, deeper: int
) -> Iterator[str]:
    """Yield the JSON of an object or a list."""
    is_object = isinstance(value, dict)
    yield "{" if is_object else "["
    try:
        for number, item in enumerate(islice(value, _WIDEST)):
            yield ", " if number else ""
            yield from _json(item, longest, 0 if is_object else deeper)
            if isinstance(value, dict):
                yield ": "
                yield from _json(value.get(item), longest, deeper)
        if len(value) > _WIDEST:
            yield ", …"
    except (RuntimeError, TypeError):
        # Another thread changes it meanwhile.
        yield "…"
    yield "}" if is_object else "]"
