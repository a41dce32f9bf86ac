"""Types of an agent, in a module of their own."""

import os
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, create_model


class Colour(Enum):
    RED = "red"


class Level(StrEnum):
    HIGH = "high"


class Size(NamedTuple):
    wide: int
    high: int


@dataclass(frozen=True)
class Part:
    name: str
    size: Size = field(default=Size(1, 2))
    colours: list[Colour] = field(default_factory=list)


class Step(BaseModel):
    part: Part
    level: Level = Level.HIGH


class Plan(BaseModel):
    steps: list[Step]


class Tags(set[str]):
    pass


Made = create_model("Made", x=(int, ...), __module__=__name__)


def touch(path: str) -> None:
    """What no row may call: it is a function, though the agent's own."""
    Path(path).touch()


class Toucher:
    """What no row may make: it is no data."""

    def __init__(self, path: str) -> None:
        os.close(os.open(path, os.O_CREAT))
