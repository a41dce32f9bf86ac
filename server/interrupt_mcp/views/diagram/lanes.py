"""Lanes: the ways at the sides on which lines lead back up, clear of everything that stands in the rows they pass.

It knows places. It does not know how a line gets from its box into its lane.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from interrupt_mcp.views.diagram.links import Link, Trunk, trunks
from interrupt_mcp.views.diagram.places import Places
from interrupt_mcp.views.diagram.rows import Rows

Side: TypeAlias = Literal[-1, 1]
"""Left or right."""
_APART = 12.0


@dataclass(frozen=True, slots=True)
class Lane:
    """A way up for lines that begin or end together."""

    side: Side
    number: int
    x: float
    highest: int
    """The row that it leads to, the lowest of the rows that it comes from being the other end."""
    lowest: int
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    links: tuple[int, ...]
    nodes: frozenset[int]
    highest: int
    lowest: int


def grouped(links: Sequence[Link], up: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the links that lead up, together those that share a lane."""
    groups: defaultdict[Trunk, list[int]] = defaultdict(list)
    for at, trunk in trunks(links, up).items():
        groups[trunk].append(at)
    return [tuple(group) for group in groups.values()]


def outer(rows: Rows, nodes: int) -> dict[tuple[int, Side], int]:
    """Return the first and the last box of each row, by row and side; none for rows without."""
    found: dict[tuple[int, Side], int] = {}
    for at, row in enumerate(rows.items):
        boxes = [item for item in row if item < nodes]
        if boxes:
            found[at, -1], found[at, 1] = boxes[0], boxes[-1]
    return found


def lanes_of(
    links: Sequence[Link],
    groups: Sequence[tuple[int, ...]],
    places: Places,
    outermost: dict[tuple[int, Side], int],
    room: dict[int, float],
) -> list[Lane]:
    """Return a lane for each group, the shortest nearest to the boxes. `room` is the width of text beside a link."""
    lanes: list[Lane] = []
    ends: dict[int, float] = {}
    for group in sorted((_group(links, each, places) for each in groups), key=lambda each: each.lowest - each.highest):
        side = _side(group, places, outermost, lanes)
        passed = slice(group.highest, group.lowest + 1)
        edge = max(places.rights[passed]) if side > 0 else -min(places.lefts[passed])
        beside = [
            ends[lane.number]
            for lane in lanes
            if lane.side == side and lane.highest <= group.lowest + 1 and group.highest <= lane.lowest + 1
        ]
        x = max([edge, *beside]) + _APART
        number = len(lanes)
        lanes.append(Lane(side, number, side * x, group.highest, group.lowest, group.links))
        ends[number] = x + max((room[at] for at in group.links), default=0.0)
    return lanes


def _group(links: Sequence[Link], group: tuple[int, ...], places: Places) -> _Group:
    nodes = frozenset(node for at in group for node in (links[at].source, links[at].target))
    rows = [places.row_of[node] for node in nodes]
    return _Group(group, nodes, min(rows), max(rows))


def _side(group: _Group, places: Places, outermost: dict[tuple[int, Side], int], lanes: Sequence[Lane]) -> Side:
    """Return the side that more of its boxes are at, so that lines leave and reach them straight."""

    def at_side(side: Side) -> int:
        return sum(outermost[places.row_of[node], side] == node for node in group.nodes)

    left, right = at_side(-1), at_side(1)
    if left != right:
        return -1 if left > right else 1
    taken = sum(lane.side for lane in lanes)
    return -1 if taken > 0 else 1
