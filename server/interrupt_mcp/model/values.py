"""JSON values: made of anything, and their digest. It knows nothing of what they mean."""

import hashlib
import math
from enum import Enum
from typing import Any, TypeAlias

import rfc8785
from pydantic_core import from_json, to_jsonable_python
from pydantic_core import to_json as write_json

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]


class Missing(Enum):
    """Stands for a value that was not given, where `None` is a value like any other."""

    MISSING = "missing"


MISSING = Missing.MISSING

_WRITTEN: Any = {"fallback": repr, "inf_nan_mode": "strings", "bytes_mode": "base64", "serialize_unknown": True}


def to_json(value: object) -> Json:
    """Return the value as JSON; what JSON cannot hold becomes its text."""
    try:
        found: Json = from_json(write_json(value, **_WRITTEN))
    except ValueError:
        found = _sound(_plain(value))
    return found


def _plain(value: object) -> Any:
    try:
        return to_jsonable_python(value, **_WRITTEN)
    except ValueError:
        return repr(value)


def _sound(value: Any) -> Json:
    """Return the value without halves of surrogate pairs and numbers that are not finite, neither of which JSON has."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {str(_sound(key)): _sound(item) for key, item in value.items()}
    checked: Json = value
    return checked


def digest_of(value: Json) -> str:
    """Return the SHA-256, in hex, of the value's canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(_canonical(value))).hexdigest()


def _canonical(value: Json) -> Json:
    """Return the value with other integers and lone surrogates as marked text.

    RFC 8785 has only IEEE doubles and valid Unicode.
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else f"integer:{value}"
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {str(_canonical(key)): _canonical(item) for key, item in value.items()}
    return value
