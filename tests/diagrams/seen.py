"""An SVG as a test sees it: boxes, lines and words, by what their titles say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    kind: str
    """Its classes."""
    title: str
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def touches(self, point: Point, slack: float = 0.2) -> bool:
        """Whether the point is on its border."""
        x, y = point
        across, along = self.left - slack <= x <= self.right + slack, self.top - slack <= y <= self.bottom + slack
        upright = min(abs(x - self.left), abs(x - self.right)) <= slack and along
        return upright or (min(abs(y - self.top), abs(y - self.bottom)) <= slack and across)

    def holds(self, point: Point, slack: float = 1.0) -> bool:
        """Whether the point is well within it."""
        x, y = point
        return self.left + slack < x < self.right - slack and self.top + slack < y < self.bottom - slack


@dataclass(frozen=True)
class Drawn:
    """A line from one box to another."""

    kind: str
    title: str
    points: list[Point]
    """Along the line."""
    arrow: Point
    """Its tip."""


@dataclass(frozen=True)
class Seen:
    root: ElementTree.Element
    boxes: list[Box]
    lines: list[Drawn]
    labels: list[str]
    view: tuple[float, float, float, float]
    """Left, top, right and bottom."""

    @property
    def words(self) -> str:
        """What somebody is told who does not see it."""
        return self.root.findtext(f"{_SVG}desc") or ""


def seen(text: str) -> Seen:
    root = ElementTree.fromstring(text)
    assert root.tag == f"{_SVG}svg"
    groups = [(group, group.get("class", "")) for group in root.iter(f"{_SVG}g")]
    left, top, width, height = map(float, root.get("viewBox", "").split())
    return Seen(
        root,
        [_box(group, kind) for group, kind in groups if kind.split()[0] == "node"],
        [_line(group, kind) for group, kind in groups if kind.split()[0] == "edge"],
        [each.text or "" for each in root.iter(f"{_SVG}text") if each.get("class") == "label"],
        (left, top, left + width, top + height),
    )


def _box(group: ElementTree.Element, kind: str) -> Box:
    rect = group.find(f"{_SVG}rect")
    assert rect is not None
    x, y, width, height = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
    title, text = group.findtext(f"{_SVG}title") or "", group.findtext(f"{_SVG}text") or ""
    return Box(kind, title, text, x, y, x + width, y + height)


def _line(group: ElementTree.Element, kind: str) -> Drawn:
    path, arrow = group.findall(f"{_SVG}path")
    (tip, *_) = _along(arrow.get("d", ""))
    return Drawn(kind, group.findtext(f"{_SVG}title") or "", [*_along(path.get("d", ""))], tip)


def _along(path: str) -> Iterator[Point]:
    """Yield the points of a path, close to each other on its curves and its straight parts."""
    here = (0.0, 0.0)
    for command, numbers in re.findall(r"([MLCQ])([^MLCQZ]*)", path):
        values = [float(each) for each in numbers.split()]
        stops = [here, *zip(values[::2], values[1::2], strict=True)]
        for step in range(1, 21) if command != "M" else ():
            yield _bezier(stops, step / 20) if step < 20 else stops[-1]
        here = stops[-1]
        if command == "M":
            yield here


def _bezier(stops: list[Point], part: float) -> Point:
    while len(stops) > 1:
        stops = [
            (one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part) for one, other in pairwise(stops)
        ]
    return stops[0]
