"""Lines: the way of each link from box to box, with its arrow and its text; none passes through a box.

It knows places, lanes and ports. It does not know how text and lines look.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from interrupt_mcp.views.diagram.lanes import Lane, Side
from interrupt_mcp.views.diagram.places import LINE, Box
from interrupt_mcp.views.diagram.ports import Laid, Ports

Anchor: TypeAlias = Literal["start", "end"]

_ANCHORS: dict[Side, Anchor] = {-1: "end", 1: "start"}
_ARROW = 7.0
_TURN = 8.0
"""The radius of a corner."""
LOOP = 24.0
"""How far a line from a box to itself reaches out."""


@dataclass(frozen=True, slots=True)
class Line:
    link: int
    path: str
    """As in SVG. It begins where lines that share a way do, so that their dashes lie upon each other."""
    arrow: str
    label: tuple[float, float, Anchor]
    """Where its text begins or ends, and which of them."""
    farthest: tuple[float, float, float, float]
    """Left, top, right and bottom of all that it passes."""


def lines_of(laid: Laid) -> list[Line]:
    """Return a line for each link, in the order of links."""
    ports = Ports(laid)
    lines = [_down(laid, ports, at, way) for at, way in laid.rows.ways.items()]
    for lane in laid.lanes:
        beside: defaultdict[int, int] = defaultdict(int)
        for at in lane.links:
            row = laid.places.row_of[laid.links[at].target]
            lines.append(_up(laid, ports, lane, at, beside[row]))
            beside[row] += bool(laid.links[at].labels)
    loops: defaultdict[int, int] = defaultdict(int)
    for at, link in enumerate(laid.links):
        if link.source == link.target:
            lines.append(_loop(at, laid.places.boxes[link.source], loops[link.source]))
            loops[link.source] += 1
    return sorted(lines, key=lambda line: line.link)


def _down(laid: Laid, ports: Ports, at: int, way: tuple[int, ...]) -> Line:
    places, conditional = laid.places, laid.links[at].conditional
    source, target = places.boxes[way[0]], places.boxes[way[-1]]
    begin = ports.below(way[0], (way[1], conditional))
    end = ports.above(way[-1], (way[-2], conditional))
    stops = [(begin, source.bottom), (begin, places.bottoms[places.row_of[way[0]]])]
    for item in way[1:-1]:
        row = places.row_of[item]
        stops += [(places.x[item], places.tops[row]), (places.x[item], places.bottoms[row])]
    # The last part is straight, so that the arrow and the text stand along it.
    line, side = ports.text(at)
    straight = _ARROW + 3 + LINE * line
    stops += [(end, places.tops[places.row_of[way[-1]]] - straight), (end, target.top)]
    drawn = stops[::-1] if at in laid.rows.ending else stops
    text = (end + 5 * side, target.top - _ARROW - 1 - LINE * line)
    arrow = _arrow((end, target.top), 0, 1)
    return Line(at, _curved(drawn), arrow, (*text, _ANCHORS[side]), _around(stops))


def _up(laid: Laid, ports: Ports, lane: Lane, at: int, texts: int) -> Line:
    link, places = laid.links[at], laid.places
    apart = 4.0 * (lane.number % 6)
    source, target = places.boxes[link.source], places.boxes[link.target]
    if ports.beside(link.source, lane):
        begin = ports.side(link.source, lane, leaves=True)
        stops = [begin, (lane.x, begin[1])]
    else:
        x, y = ports.below(link.source, lane), places.bottoms[places.row_of[link.source]] + _TURN + apart
        stops = [(x, source.bottom), (x, y), (lane.x, y)]
    if ports.beside(link.target, lane):
        end = ports.side(link.target, lane, leaves=False)
        stops += [(lane.x, end[1]), end]
        arrow = _arrow(end, -lane.side, 0)
    else:
        x, y = ports.above(link.target, lane), places.tops[places.row_of[link.target]] - _ARROW - _TURN - apart
        stops += [(lane.x, y), (x, y), (x, target.top)]
        arrow = _arrow((x, target.top), 0, 1)
    turn = next(y for x, y in reversed(stops) if x == lane.x)
    text = (lane.x + 5 * lane.side, turn + LINE * (1.3 + texts))
    shared = len(lane.links) > 1 and len({laid.links[other].target for other in lane.links}) == 1
    path = _cornered(stops[::-1] if shared else stops)
    return Line(at, path, arrow, (*text, _ANCHORS[lane.side]), _around([*stops, text]))


def _loop(at: int, box: Box, before: int) -> Line:
    """Draw a line from a box to itself, around those before it."""
    near, far = 0.22 + 0.1 * before, LOOP + 10 * before
    height = (box.bottom - box.top) * near
    begin, end = (box.right, box.y - height), (box.right, box.y + height)
    out = 4 / 3 * far
    path = f"M{_pair(begin)}C{_pair((begin[0] + out, begin[1] - 6))} {_pair((end[0] + out, end[1] + 6))} {_pair(end)}"
    stops = [begin, end, (box.right + far, box.y)]
    return Line(at, path, _arrow(end, -1, 0), (box.right + far + 4, box.y + 4, "start"), _around(stops))


def _curved(stops: Sequence[tuple[float, float]]) -> str:
    """Return a path that is upright at each of its stops."""
    parts = [f"M{_pair(stops[0])}"]
    for before, here, after in zip(stops, stops[1:], [*stops[2:], None], strict=False):
        if before[0] != here[0]:
            middle = (before[1] + here[1]) / 2
            parts.append(f"C{_pair((before[0], middle))} {_pair((here[0], middle))} {_pair(here)}")
        elif after is None or after[0] != here[0]:
            parts.append(_to(here))
    return "".join(parts)


def _cornered(stops: Sequence[tuple[float, float]]) -> str:
    """Return a path along straight lines with round corners."""
    parts = [f"M{_pair(stops[0])}"]
    for before, corner, after in zip(stops, stops[1:], stops[2:], strict=False):
        into, out = _toward(corner, before), _toward(corner, after)
        parts.append(f"{_to(into)}Q{_pair(corner)} {_pair(out)}")
    return "".join([*parts, _to(stops[-1])])


def _toward(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Return where a round corner begins, at most halfway to the other point."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    part = min(_TURN, length / 2) / length if length else 0
    return corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part


def _arrow(tip: tuple[float, float], right: int, down: int) -> str:
    """Return the head of an arrow that points to the right, to the left or down."""
    x, y = tip[0] - _ARROW * right, tip[1] - _ARROW * down
    wide = _ARROW * 0.55
    one, other = (x - wide * down, y - wide * abs(right)), (x + wide * down, y + wide * abs(right))
    return f"M{_pair(tip)}{_to(one)}{_to(other)}Z"


def _around(stops: Iterable[tuple[float, float]]) -> tuple[float, float, float, float]:
    across, along = zip(*stops, strict=True)
    return min(across), min(along), max(across), max(along)


def _pair(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _to(point: tuple[float, float]) -> str:
    return f"L{_pair(point)}"


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:.10g}"
