"""Values as configuration files hold them, and what an edit of such a file is asked to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str, ...]
"""Keys from the outermost table to a value."""
Table: TypeAlias = Mapping[str, Any]
"""Of texts, whole numbers, `true`, `false`, `None`, lists and tables; what else there is, is an `Other`."""


class Other(str):
    """A value that no entry of ours holds, as the file writes it: a number with a fraction, a date."""

    __slots__ = ()


class Malformed(ValueError):
    """The text is not in its format, or in a part of it that is not edited here; its message ends a sentence."""


@dataclass(frozen=True, slots=True)
class Format:
    """The port to a format. Texts have no byte order mark; line endings are kept as they are."""

    most: int
    """Bytes a file may have: more than any that a person wrote, and less than takes long."""
    read: Callable[[str], Any]
    """Returns the value of the whole text, `None` for an empty one. Raises `Malformed`."""
    put: Callable[[str, Path, Any], str]
    """Returns the text with that value at that path, in the manner of the text, and makes the tables on the way.

    The text was read before. Raises `Malformed` where it is written in a way that cannot be changed.
    """
    drop: Callable[[str, Path], str]
    """Returns the text without what is at the path, which is there. The tables on the way stay."""
    none_is_empty: bool = False
    """Whether a key without a value stands for an empty table."""


def at(value: Any, path: Path) -> Any:
    """Return the value at the path, `None` where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def without(value: Any, path: Path) -> Any:
    """Return the table without what is at the path, and without the tables on the way that are empty then."""
    if not isinstance(value, Mapping) or path[0] not in value:
        return value if value else {}
    inner = without(value[path[0]], path[1:]) if len(path) > 1 else {}
    rest = {key: each for key, each in value.items() if key != path[0]}
    return {**rest, path[0]: inner} if inner else rest


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal. Parts that a file uses in several places are compared once."""
    seen: set[tuple[int, int]] = set()
    todo = [(one, other)]
    while todo:
        left, right = todo.pop()
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            pairs = [(left[key], right[key]) for key in left if key in right]
            whole = len(pairs) == len(left) == len(right)
        elif isinstance(left, list) and isinstance(right, list):
            pairs = list(zip(left, right, strict=False))
            whole = len(left) == len(right)
        else:
            pairs, whole = [], type(left) is type(right) and left == right
        if not whole:
            return False
        if (id(left), id(right)) not in seen:
            seen.add((id(left), id(right)))
            todo.extend(pairs)
    return True


def spliced(text: str, splices: Sequence[tuple[int, int, str]]) -> str:
    """Return the text with each part, from its start to its end, replaced."""
    for start, end, part in sorted(splices, reverse=True):
        text = text[:start] + part + text[end:]
    return text
