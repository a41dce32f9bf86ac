"""Vectors: how near they are to each other, also where this Python's SQLite takes no extension to say it.

LangGraph's store compares the vector that is sought with each that is kept, by functions of the extension `sqlite-vec`.
Here they are the same functions in Python. It does not know what the vectors are of.
"""

import logging
import math
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from operator import mul
from typing import TypeAlias

_log = logging.getLogger(__name__)
_Vector: TypeAlias = Sequence[float]


class VectorConnection(sqlite3.Connection):
    """A connection that has the functions of `sqlite-vec`, whoever made its Python.

    The extension is loaded where that is possible: Python can be built without, as it often is by pyenv and on macOS.
    """

    def enable_load_extension(self, enable: bool, /) -> None:
        try:
            super().enable_load_extension(enable)
        except (AttributeError, sqlite3.Error):
            _log.debug("SQLite of this Python takes no extensions")

    def load_extension(self, name: str, /) -> None:
        """Load the extension, or else have the functions that LangGraph's store uses of it."""
        try:
            super().load_extension(name)
        except (AttributeError, sqlite3.Error) as error:
            _log.info("Vectors are compared in Python, which takes longer where there are many: %s", error)
            for function, distance in _DISTANCES.items():
                self.create_function(function, 2, _of_blobs(distance), deterministic=True)


def _cosine(one: _Vector, other: _Vector) -> float | None:
    lengths = math.hypot(*one) * math.hypot(*other)
    return 1.0 - sum(map(mul, one, other)) / lengths if lengths else None


def _l1(one: _Vector, other: _Vector) -> float:
    return math.fsum(abs(a - b) for a, b in zip(one, other, strict=True))


_DISTANCES: dict[str, Callable[[_Vector, _Vector], float | None]] = {
    "vec_distance_cosine": _cosine,
    "vec_distance_L2": math.dist,
    "vec_distance_L1": _l1,
}


def _of_blobs(distance: Callable[[_Vector, _Vector], float | None]) -> Callable[[object, object], float | None]:
    """Return the distance of vectors as they are kept, which is none where they cannot be compared."""

    def compared(one: object, other: object) -> float | None:
        first, second = _vector(one), _vector(other)
        if first is None or second is None or len(first) != len(second):
            return None
        found = distance(first, second)
        return found if found is not None and math.isfinite(found) else None

    return compared


def _vector(blob: object) -> _Vector | None:
    if not isinstance(blob, bytes) or not blob or len(blob) % 4:
        return None
    return array("f", blob)
