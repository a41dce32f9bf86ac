"""JSON cut to a size: what is small stays whole, what is large shares the room that is left, and each cut says so.

Room and cost are in bytes of a result, which holds its JSON twice. However large a value is, only about as much of it
is looked at as can be shown. It knows no nouns.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_LEAST = 400
"""Bytes below which showing a part is not worth it: the mark of a cut alone takes half."""
_LEAST_OBJECT = 4_000
"""The same for an object in a list: its ids and other small fields must stay whole."""
_LONGEST_NAME = 200
"""Characters of a name in an object."""
_BETWEEN = 6
"""Bytes of what stands between two values, and between a name and its value."""


def cost(value: Any, most: int) -> int:
    """Return the bytes that the value takes in a result, as structure and again inside a JSON text.

    Where they are more than `most`, return any number that is.
    """
    match value:
        case str() if 2 * len(value) > most:
            return most + 1
        case dict():
            return _sum((cost(name, most) + cost(each, most) + 2 * _BETWEEN for name, each in value.items()), most)
        case list():
            return _sum((cost(each, most) + _BETWEEN for each in value), most)
        case _:
            text = json.dumps(value, ensure_ascii=False)
            return 2 * len(text.encode("utf-8", "replace")) + text.count('"') + text.count("\\")


def count_that_fits(values: Sequence[Any], room: int) -> int:
    """Return how many of the first values can be shown in the room, some of them cut."""
    return sum(1 for _ in _affordable((_Part(_BETWEEN, value) for value in values), room))


def fitted(value: Any, room: int, whole: str) -> Any:
    """Return the value, cut to the room where it is larger; `whole` says where the whole is."""
    if cost(value, room) <= room:
        return value
    if isinstance(value, dict):
        return _object(value, room, whole)
    if isinstance(value, list):
        return _list(value, room, whole)
    return _text(value if isinstance(value, str) else str(value), room, whole)


@dataclass(frozen=True, slots=True)
class _Part:
    """A value in a list or an object, and what stands around it."""

    around: int
    """Bytes of that, the name included."""
    value: Any
    name: str = ""
    """Its name in an object."""

    @property
    def least(self) -> int:
        """The fewest bytes in which the value is worth showing."""
        least = _LEAST_OBJECT if isinstance(self.value, dict) and not self.name else _LEAST
        return self.around + min(cost(self.value, least), least)


def _sum(costs: Iterable[int], most: int) -> int:
    """Return the sum of the costs, with that of the brackets; stop adding once it is more than `most`."""
    total = 4
    for each in costs:
        total += each
        if total > most:
            break
    return total


def _affordable(parts: Iterable[_Part], room: int) -> Iterator[_Part]:
    """Yield the first parts, as long as each of them can have the least that it needs."""
    for part in parts:
        room -= part.least
        if room < 0:
            return
        yield part


def _share(parts: Sequence[_Part], room: int) -> int:
    """Return the most bytes that each value may take so that all fit; those that need less leave it to others."""
    room -= sum(part.around for part in parts)
    most = 2 * room // max(1, len(parts))
    waiting = sorted(cost(part.value, most) for part in parts)
    for place, each in enumerate(waiting):
        share = room // (len(waiting) - place)
        if each > share or each > most:
            return share
        room -= each
    return most


def _text(text: str, room: int, whole: str) -> str:
    mark = f"… [cut: {len(text):,} characters; the whole is in {whole}]"
    room -= cost(mark, room)
    # Every character takes at least two bytes.
    length = min(len(text), max(0, room) // 2)
    while length and cost(text[:length], room) > room:
        length = length * 3 // 4
    return text[:length] + mark


def _list(values: list[Any], room: int, whole: str) -> list[Any]:
    mark = f"[cut: {len(values):,} items; the whole is in {whole}]"
    room -= cost(mark, room)
    parts = list(_affordable((_Part(_BETWEEN, value) for value in values), room))
    share = _share(parts, room)
    shown = [fitted(part.value, share, whole) for part in parts]
    if len(shown) < len(values) and not _objects(values):
        shown.append(mark)
    return shown


def _object(values: dict[str, Any], room: int, whole: str) -> dict[str, Any]:
    mark = f"[cut: {len(values):,} entries; the whole is in {whole}]"
    room -= cost(mark, room) + 2 * _BETWEEN
    parts = list(_affordable((_entry(name, value, whole) for name, value in values.items()), room))
    share = _share(parts, room)
    shown: dict[str, Any] = {}
    for part in parts:
        shown[part.name] = fitted(part.value, share, whole)
        if _objects(part.value) and len(shown[part.name]) < len(part.value):
            shown[_cut_name(part.name)] = _some_of(len(shown[part.name]), len(part.value), whole)
    if len(parts) < len(values):
        shown["…"] = mark
    return shown


def _entry(name: str, value: Any, whole: str) -> _Part:
    """Return an object's entry as a part, with room for the mark where a list of objects is cut."""
    short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}… [cut: {len(name):,} characters]"
    around = cost(short, 4 * len(short) + 8) + 2 * _BETWEEN
    if _objects(value):
        around += 2 * len(_cut_name(short)) + 2 * len(_some_of(len(value), len(value), whole)) + 4 * _BETWEEN
    return _Part(around, value, short)


def _objects(value: Any) -> bool:
    """Whether it is a list of objects, which a schema may promise, so that a mark must not stand among them."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _cut_name(name: str) -> str:
    return f"[cut] {name}"


def _some_of(shown: int, count: int, whole: str) -> str:
    return f"{shown:,} of {count:,}; the whole is in {whole}"
