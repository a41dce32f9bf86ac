"""Vectors compared without an extension of SQLite's: as `sqlite-vec` compares them, whose numbers these are."""

import sqlite3
from array import array
from contextlib import closing
from typing import Any

import pytest

from interrupt_mcp.store.sqlite.vectors import VectorConnection

pytestmark = pytest.mark.sqlite


def distance(function: str, one: Any, other: Any) -> float | None:
    with closing(sqlite3.connect(":memory:", factory=VectorConnection)) as connection:
        connection.enable_load_extension(True)
        connection.load_extension("/there/is/none/of/this/name")
        connection.enable_load_extension(False)
        found: float | None = connection.execute(f"SELECT {function}(?, ?)", (one, other)).fetchone()[0]
        return found


def blob(*numbers: float) -> bytes:
    return array("f", numbers).tobytes()


@pytest.mark.parametrize(
    ("function", "expected"),
    [("vec_distance_cosine", 0.0156758), ("vec_distance_L2", 4.2426404), ("vec_distance_L1", 6.0)],
)
def test_distances_are_those_of_the_extension(function: str, expected: float) -> None:
    assert distance(function, blob(1, 2, 3), blob(2, 3, 7)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("function", ["vec_distance_cosine", "vec_distance_L2", "vec_distance_L1"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (blob(1, 2), blob(1, 2, 3)),
        (b"", blob(1)),
        (b"abc", b"abc"),
        ("text", blob(1)),
        (None, blob(1)),
        (blob(float("nan")), blob(1)),
        (blob(float("inf")), blob(1)),
    ],
)
def test_what_cannot_be_compared_has_no_distance(function: str, one: Any, other: Any) -> None:
    assert distance(function, one, other) is None


def test_a_vector_without_length_has_no_direction() -> None:
    assert distance("vec_distance_cosine", blob(0, 0), blob(1, 0)) is None
