"""Dataclasses as JSON, and made of it again, each field as its type says. It does not know what they are.

What is read may be written by anybody: a value that is not of its field's type is refused.
"""

import base64
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from interrupt_mcp.model import Json, JsonObject

_KIND = "is"
"""The key that says which of several dataclasses it is."""


def plain(value: object) -> Any:
    """Return the value as JSON; a dataclass says which it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_KIND: type(value).__name__, **{each.name: plain(getattr(value, each.name)) for each in fields(value)}}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def made(kind: Any, value: Any) -> Any:
    """Return the value of that type of which this is the JSON.

    Raises:
        ValueError: it is of another.
    """
    if kind in (Json, Any):
        return value
    if kind == JsonObject:
        return _of_kind(dict, value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(arguments, value)
    if origin is tuple:
        return _tuple(arguments, _of_kind(list, value))
    if origin is frozenset:
        return frozenset(made(arguments[0], each) for each in _of_kind(list, value))
    kind = getattr(kind, "__supertype__", kind)
    if is_dataclass(kind):
        return _dataclass(kind, _of_kind(dict, value))
    if kind is bytes:
        return base64.b64decode(_of_kind(str, value), validate=True)
    if kind is datetime:
        return datetime.fromisoformat(_of_kind(str, value))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return _of_kind(kind, value)


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None and NoneType in kinds:
        return None
    others = [each for each in kinds if each is not NoneType]
    if len(others) == 1:
        return made(others[0], value)
    name = _of_kind(dict, value).get(_KIND)
    for each in others:
        if isinstance(each, type) and each.__name__ == name:
            return made(each, value)
    raise ValueError(f"{name!r:.100} is none of {', '.join(str(each) for each in others)}")


def _tuple(kinds: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(made(kinds[0], each) for each in values)
    return tuple(made(kind, each) for kind, each in zip(kinds, values, strict=True))


def _dataclass(kind: Any, value: dict[str, Any]) -> Any:
    given = {name: made(of, value[name]) for name, of in _fields_of(kind) if name in value}
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(str(error)) from error


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, each.type) for each in fields(kind))


def _of_kind(kind: Any, value: Any) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not (NoneType if kind is None else kind):
        raise ValueError(f"{type(value).__name__} where {getattr(kind, '__name__', kind)} was expected")
    return value
