"""Ports: where lines begin and end at the boxes, and where their text stands there.

It knows places and lanes. It does not know which way a line takes in between.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from interrupt_mcp.views.diagram.lanes import Lane, Side
from interrupt_mcp.views.diagram.links import Link
from interrupt_mcp.views.diagram.places import Box, Places
from interrupt_mcp.views.diagram.rows import Rows

_APART = 16.0
"""How far apart they are at one box, at most."""


@dataclass(frozen=True, slots=True)
class Laid:
    """All that lines are drawn by."""

    links: Sequence[Link]
    rows: Rows
    places: Places
    lanes: Sequence[Lane]
    outermost: dict[tuple[int, Side], int]


class Ports:
    """Where lines begin and end at the boxes. Those that go the same way from a box, or come from it, share a place."""

    def __init__(self, laid: Laid) -> None:
        self._laid = laid
        above: defaultdict[int, dict[object, float]] = defaultdict(dict)
        below: defaultdict[int, dict[object, float]] = defaultdict(dict)
        side: defaultdict[tuple[int, Side], dict[tuple[bool, float], None]] = defaultdict(dict)
        x = laid.places.x
        for at, way in laid.rows.ways.items():
            conditional = laid.links[at].conditional
            below[way[0]][way[1], conditional] = x[way[1]]
            above[way[-1]][way[-2], conditional] = x[way[-2]]
        for lane in laid.lanes:
            for at in lane.links:
                for node, leaves in ((laid.links[at].source, True), (laid.links[at].target, False)):
                    if self.beside(node, lane):
                        # From the top: what leaves, the nearest lane first; then what arrives, the farthest first.
                        side[node, lane.side][not leaves, lane.x * lane.side * (1 if leaves else -1)] = None
                    else:
                        (below if leaves else above)[node][lane] = lane.x
        self._above = {node: _spread(laid.places.boxes[node], found) for node, found in above.items()}
        self._below = {node: _spread(laid.places.boxes[node], found) for node, found in below.items()}
        self._side = {key: sorted(found) for key, found in side.items()}
        self._texts = self._places_of_text()

    def beside(self, node: int, lane: Lane) -> bool:
        """Whether the lane is reached from the box's side, with no other box between."""
        return self._laid.outermost[self._laid.places.row_of[node], lane.side] == node

    def above(self, node: int, key: object) -> float:
        """Return where a line ends on the box's upper side: one from a lane, or from an item, conditional or not."""
        return self._above[node][key]

    def below(self, node: int, key: object) -> float:
        """Return where a line begins on the lower side: one into a lane, or to an item, conditional or not."""
        return self._below[node][key]

    def side(self, node: int, lane: Lane, *, leaves: bool) -> tuple[float, float]:
        """Return where lines begin that leave the box for a lane beside it, or end that come from there."""
        found = self._side[node, lane.side]
        at = found.index((not leaves, lane.x * lane.side * (1 if leaves else -1)))
        box = self._laid.places.boxes[node]
        x = box.right if lane.side > 0 else box.left
        return x, box.top + (box.bottom - box.top) * (at + 1) / (len(found) + 1)

    def text(self, at: int) -> tuple[int, Side]:
        """Return where the link's text stands: in which line above its target, from below, and on which side."""
        return self._texts.get(at, (0, 1))

    def _places_of_text(self) -> dict[int, tuple[int, Side]]:
        """Put the text of the outermost line of each side lowest, so that no line passes the text of another."""
        told: defaultdict[tuple[int, Side], list[tuple[float, int]]] = defaultdict(list)
        for at, way in self._laid.rows.ways.items():
            if self._laid.links[at].labels:
                off = self.above(way[-1], (way[-2], self._laid.links[at].conditional)) - self._laid.places.x[way[-1]]
                told[way[-1], -1 if off < -1 else 1].append((-abs(off), at))
        return {at: (line, side) for (_, side), found in told.items() for line, (_, at) in enumerate(sorted(found))}


def _spread(box: Box, wishes: dict[object, float]) -> dict[object, float]:
    """Return a place at the box for each key, in the order of where they wish to be."""
    step = min(_APART, 0.8 * (box.right - box.left) / len(wishes))
    first = box.x - step * (len(wishes) - 1) / 2
    return {key: first + step * at for at, key in enumerate(sorted(wishes, key=lambda key: wishes[key]))}
