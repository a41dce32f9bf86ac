"""Places: where boxes and bends stand, so that none touches another and lines are short and straight.

Lengths are in SVG's units, x to the right and y down. It knows no colours and no text.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from interrupt_mcp.views.diagram.rows import Rows, sweeps

LINE = 13.0
"""The height of a line of small text."""
_BESIDE = 18.0
"""Between what stands in one row."""
_BETWEEN = 34.0
"""Between two rows, at least."""
_MORE = 34.0
"""How much farther rows stand apart at most, for many lines between them."""
_TURNING = 28.0
"""How much farther they stand apart where lines turn between them."""
_BEND = 4.0
_BEND_WEIGHT = 3.0
"""How much more a line that goes far is kept straight than a box in the middle."""


@dataclass(frozen=True, slots=True)
class Size:
    """What is drawn of a node."""

    width: float
    """Of its box."""
    height: float
    left: float
    """What it needs on the left of its middle, with what is written there; at least half of the box."""
    right: float
    """What it needs on the right."""
    lines: int
    """Of text above it."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node's box is."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Places:
    boxes: list[Box]
    """Of the nodes, by their number."""
    x: list[float]
    """Of the middle of each item."""
    row_of: list[int]
    tops: list[float]
    """Of the rows."""
    bottoms: list[float]
    lefts: list[float]
    """Where what stands in each row begins."""
    rights: list[float]
    """Where it ends, with what is written beside it."""


def widths_of(sizes: Sequence[Size]) -> list[float]:
    """Return how much of a row each node takes, with the space to the next."""
    return [size.left + size.right + _BESIDE for size in sizes]


def places_of(rows: Rows, sizes: Sequence[Size], turned: Collection[int]) -> Places:
    """Place all items. `turned` are the rows above which lines turn to the sides."""
    left = [size.left for size in sizes] + [_BEND] * (len(rows.above) - len(sizes))
    right = [size.right for size in sizes] + [_BEND] * (len(rows.above) - len(sizes))
    x = _across(rows, left, right, len(sizes))
    boxes: dict[int, Box] = {}
    row_of = [0] * len(x)
    tops, bottoms = [], []
    y = 0.0
    for at, row in enumerate(rows.items):
        nodes = [item for item in row if item < len(sizes)]
        steps = sum(len(rows.above[item]) for item in row)
        y += (_BETWEEN + min(_MORE, 1.5 * steps)) * (at > 0)
        y += LINE * max((sizes[node].lines for node in nodes), default=0) + _TURNING * (at in turned)
        height = max((sizes[node].height for node in nodes), default=0)
        for item in row:
            row_of[item] = at
        for node in nodes:
            top = y + (height - sizes[node].height) / 2
            half = sizes[node].width / 2
            boxes[node] = Box(x[node] - half, top, x[node] + half, top + sizes[node].height)
        tops.append(y)
        y += height
        bottoms.append(y)
    return Places(
        [boxes[node] for node in range(len(sizes))],
        x,
        row_of,
        tops,
        bottoms,
        [min(x[item] - left[item] for item in row) for row in rows.items],
        [max(x[item] + right[item] for item in row) for row in rows.items],
    )


def _across(rows: Rows, left: Sequence[float], right: Sequence[float], nodes: int) -> list[float]:
    """Return the middle of each item: in the order of its row, near the middle of what its lines lead to.

    All are as near to 0 as the widest row needs, so that rows do not drift away from each other.
    """
    spreads = [_spread_of(row, left, right, nodes) for row in rows.items]
    half = max((spread.width for spread in spreads), default=0) / 2
    x = [0.0] * len(left)
    for sweep in range(-1, sweeps(len(x))):
        up = sweep % 2 == 1
        beside = rows.below if up else rows.above
        for spread in reversed(spreads) if up else spreads:
            wishes = [_wish(item, beside[item], x, nodes) if sweep >= 0 else 0.0 for item in spread.items]
            for item, found in zip(spread.items, spread.places(wishes, half), strict=True):
                x[item] = found
    return x


def _wish(item: int, beside: Sequence[int], x: Sequence[float], nodes: int) -> float:
    """Return where an item is best: a line that passes goes straight on, if it comes from a place where it passed."""
    if item >= nodes and len(beside) > 1:
        beside = [other for other in beside if other >= nodes] or beside
    return sum(x[other] for other in beside) / len(beside) if beside else x[item]


@dataclass(frozen=True, slots=True)
class _Spread:
    """How the items of one row may stand."""

    items: Sequence[int]
    weights: Sequence[float]
    shifts: Sequence[float]
    """How far each is from the first at least."""
    before: float
    after: float
    """What the first and the last need on their outer side."""

    @property
    def width(self) -> float:
        return self.before + self.shifts[-1] + self.after

    def places(self, wishes: Sequence[float], half: float) -> list[float]:
        """Return places in order, with the least sum of squares from the wishes, and no farther from 0 than `half`.

        Where two wishes are too near, what stands together is moved as one, to its common middle.
        """
        groups: list[tuple[float, float, int]] = []
        for wish, weight, shift in zip(wishes, self.weights, self.shifts, strict=True):
            middle, heavy, count = wish - shift, weight, 1
            while groups and groups[-1][0] >= middle:
                other, weighs, more = groups.pop()
                middle = (middle * heavy + other * weighs) / (heavy + weighs)
                heavy, count = heavy + weighs, count + more
            groups.append((middle, heavy, count))
        least, most = self.before - half, half - self.after - self.shifts[-1]
        middles = [max(least, min(most, middle)) for middle, _, count in groups for _ in range(count)]
        return [middle + shift for middle, shift in zip(middles, self.shifts, strict=True)]


def _spread_of(row: Sequence[int], left: Sequence[float], right: Sequence[float], nodes: int) -> _Spread:
    shifts = [0.0]
    for one, other in itertools.pairwise(row):
        shifts.append(shifts[-1] + right[one] + _BESIDE + left[other])
    weights = [1.0 if item < nodes else _BEND_WEIGHT for item in row]
    return _Spread(row, weights, shifts, left[row[0]], right[row[-1]])
