"""Rows: which node stands in which row, in which order, and which rows a line passes on its way down.

It knows how wide things are. It does not know where they are drawn.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interrupt_mcp.model import Drawing, NodeKind
from interrupt_mcp.views.diagram.links import Link, Trunk, trunks

_SWEEPS = 8
_WORK = 4_000
"""How many items are put in order or place again, in all sweeps; a tangle of more is hardly read in whatever order."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Items in rows, from top to bottom and from left to right."""

    items: list[list[int]]
    """Nodes are numbers as in the drawing; numbers above those are bends: places where lines pass a row."""
    ways: dict[int, tuple[int, ...]]
    """By link that leads down: its source, the bends that it passes, one in each row, and its target."""
    ending: frozenset[int]
    """Of these links, those that pass bends which lines share that end together; lines at all others begin together."""
    above: list[list[int]]
    """For each item, those in the row above that lines come from."""
    below: list[list[int]]
    """For each item, those in the row below that lines go to."""


def rows_of(drawing: Drawing, links: Sequence[Link], down: Sequence[int], widths: Sequence[float], most: float) -> Rows:
    """Put the nodes into rows, so that links of `down` lead down; no row of several nodes is wider than `most`."""
    depth = _depths(drawing, links, down)
    rows = [part for row in _by_depth(drawing, depth) for part in _broken(row, widths, most)]
    row_of = {node: at for at, row in enumerate(rows) for node in row}
    ways, ending = _ways(links, down, row_of, rows)
    count = 1 + max((item for row in rows for item in row), default=-1)
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    steps = {step: None for way in ways.values() for step in itertools.pairwise(way)}
    for upper, lower in steps:
        above[lower].append(upper)
        below[upper].append(lower)
    _order(rows, above, below)
    return Rows(rows, ways, ending, above, below)


def sweeps(items: int) -> int:
    """Return how often rows are gone through, down and up in turns, to order or place so many items."""
    return max(2, min(_SWEEPS, _WORK // max(1, items)))


def _depths(drawing: Drawing, links: Sequence[Link], down: Sequence[int]) -> list[int]:
    """Return for each node how many others are above it at least; the end, and what no line leads to, is last."""
    count = len(drawing.nodes)
    out: list[list[int]] = [[] for _ in range(count)]
    waits = [0] * count
    for at in down:
        out[links[at].source].append(links[at].target)
        waits[links[at].target] += 1
    depth = [0] * count
    roots = [node for node in range(count) if not waits[node]]
    sorted_down = list(roots)
    for node in sorted_down:
        for target in out[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waits[target] -= 1
            if not waits[target]:
                sorted_down.append(target)
    tied = {node for link in links for node in (link.source, link.target) if link.source != link.target}
    last = max((depth[node] for node in tied), default=-1)
    for node in roots:
        if node not in tied:
            depth[node] = last + 1
        elif drawing.nodes[node].kind is not NodeKind.START and out[node]:
            depth[node] = min(depth[target] for target in out[node]) - 1
    for node in tied:
        if drawing.nodes[node].kind is NodeKind.END and not out[node]:
            depth[node] = last
    return depth


def _by_depth(drawing: Drawing, depth: Sequence[int]) -> list[list[int]]:
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for node in sorted(range(len(depth)), key=lambda node: drawing.nodes[node].kind is NodeKind.END):
        rows[depth[node]].append(node)
    return [rows[at] for at in sorted(rows)]


def _broken(row: Iterable[int], widths: Sequence[float], most: float) -> list[list[int]]:
    """Break a row into as many as it needs, about as long as each other."""
    nodes = list(row)
    parts = max(1, -(-int(sum(widths[node] for node in nodes)) // int(most)))
    share = sum(widths[node] for node in nodes) / parts
    found: list[list[int]] = [[]]
    used = 0.0
    for node in nodes:
        if found[-1] and (used + widths[node] > most or used >= share):
            found.append([])
            used = 0.0
        found[-1].append(node)
        used += widths[node]
    return found


def _ways(
    links: Sequence[Link], down: Sequence[int], row_of: dict[int, int], rows: list[list[int]]
) -> tuple[dict[int, tuple[int, ...]], frozenset[int]]:
    """Return the way of each link, and which end together; put the bends into the rows."""
    far = [at for at in down if row_of[links[at].target] - row_of[links[at].source] > 1]
    trunk = trunks(links, far)
    bends: dict[tuple[Trunk, int], int] = {}
    ways: dict[int, tuple[int, ...]] = {at: (links[at].source, links[at].target) for at in down}
    for at in far:
        source, target = links[at].source, links[at].target
        passed = range(row_of[source] + 1, row_of[target])
        for row in passed:
            if (trunk[at], row) not in bends:
                bends[trunk[at], row] = len(row_of) + len(bends)
                rows[row].append(bends[trunk[at], row])
        ways[at] = (source, *(bends[trunk[at], row] for row in passed), target)
    return ways, frozenset(at for at in far if not trunk[at].begins)


def _order(rows: list[list[int]], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> None:
    """Order each row by where its lines come from and go to, so that few lines cross."""
    place = [0.0] * len(above)

    def put(row: list[int]) -> None:
        for at, item in enumerate(row):
            place[item] = (at + 0.5) / len(row)

    for row in rows:
        put(row)
    for sweep in range(sweeps(len(place))):
        beside = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            middle = {item: _mean([place[other] for other in beside[item]], place[item]) for item in row}
            row.sort(key=middle.__getitem__)
            put(row)


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
