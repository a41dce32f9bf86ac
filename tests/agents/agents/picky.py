"""A function that makes a graph where a class of its file can be pickled."""

import pickle
from dataclasses import dataclass
from typing import Any

from tests.agents.agents.shouting import graph


@dataclass
class Point:
    x: "int"


def make() -> Any:
    assert pickle.loads(pickle.dumps(Point(1))) == Point(1)
    return graph
