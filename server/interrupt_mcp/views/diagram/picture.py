"""The picture: a drawing as SVG, for a page or as a file of its own.

Colours are the page's: its stylesheet has the classes `diagram`, `node`, `here`, `end`, `edge`, `conditional`, `arrow`,
`label` and `note`. Without one, all is drawn in the colour of the text around. On a page it has no style and no code of
its own, so that a strict Content-Security-Policy allows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from interrupt_mcp.model import Drawing, DrawnNode, NodeKind
from interrupt_mcp.text.columns import columns, cut
from interrupt_mcp.text.visible import visible
from interrupt_mcp.views.diagram.lanes import grouped, lanes_of, outer
from interrupt_mcp.views.diagram.lines import LOOP, Line, lines_of
from interrupt_mcp.views.diagram.links import Link, leading_up, links_of
from interrupt_mcp.views.diagram.places import Box, Size, places_of, widths_of
from interrupt_mcp.views.diagram.ports import Laid
from interrupt_mcp.views.diagram.rows import Rows, rows_of

_WIDEST = 400.0
"""Of a row of several boxes: on a narrow page it is still read."""
_NAME_COLUMNS = 24
_LABEL_COLUMNS = 20
_LONGEST = 10_000
"""How much of a name or label is looked at, in characters."""
_NAME_SIZE, _LABEL_SIZE = 13, 11
_EDGE = 12.0
_STYLE = """
.diagram { background: #fff; color: #6e7781 }
.node rect { fill: #f6f8fa; stroke: #8c959f }
.node text { fill: #1f2328 }
.here rect { fill: #ddf4ff; stroke: #0969da }
.label { fill: #57606a; stroke: #fff; stroke-width: 4px; paint-order: stroke }
@media (prefers-color-scheme: dark) {
  .diagram { background: #0d1117; color: #8b949e }
  .node rect { fill: #161b22; stroke: #6e7681 }
  .node text { fill: #e6edf3 }
  .here rect { fill: #0c2d6b; stroke: #58a6ff }
  .label { fill: #9da7b3; stroke: #0d1117 }
}
"""


@dataclass(frozen=True, slots=True)
class _Laid:
    boxes: Sequence[Box]
    lines: Sequence[Line]


def svg(drawing: Drawing, prefix: str = "diagram") -> str:
    """Return the drawing as an `svg` element.

    Its ids begin with `prefix`, of letters, digits and hyphens: a page gives each of its diagrams one of its own. It is
    as wide as it needs to be, for a stylesheet to bound (`max-width: 100%; height: auto`).
    """
    return _svg(drawing, prefix, "", whole=False)


def svg_file(drawing: Drawing) -> str:
    """Return the drawing as a file of its own, in ASCII, which brings its colours, light and dark."""
    text = _svg(drawing, "diagram", f"<style>{_STYLE}</style>\n", whole=True)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _svg(drawing: Drawing, prefix: str, style: str, *, whole: bool) -> str:
    links = links_of(drawing)
    names = [_short(node.name) for node in drawing.nodes]
    labels = [cut(", ".join(_seen(label) for label in link.labels), _LABEL_COLUMNS) for link in links]
    laid = _laid(drawing, links, names, labels)
    note = _note(drawing)
    left, top, right, bottom = _around(laid, labels, note)
    width, height = right - left, bottom - top
    size = f'width="{width:.0f}"' + (f' height="{height:.0f}"' if whole else "")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" {size}'
        f' aria-labelledby="{prefix}-title {prefix}-desc" viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}"'
        ' fill="none" stroke="currentColor" stroke-width="1.5" font-family="system-ui, sans-serif"'
        f' font-size="{_NAME_SIZE}">\n<title id="{prefix}-title">Diagram of the graph</title>\n'
        f'<desc id="{prefix}-desc">{escape(_told(drawing))}</desc>\n{style}',
        *_lines(drawing, links, laid.lines),
        *_labels(laid.lines, labels),
        *(_node(*each) for each in zip(drawing.nodes, names, laid.boxes, strict=True)),
    ]
    if note:
        parts.append(_text("note", left + _EDGE, bottom - _EDGE, "start", note))
    return "".join([*parts, "</svg>\n"])


def _laid(drawing: Drawing, links: Sequence[Link], names: Sequence[str], labels: Sequence[str]) -> _Laid:
    """Place everything."""
    up = leading_up(drawing, links)
    down = [at for at, link in enumerate(links) if at not in up and link.source != link.target]
    named = enumerate(zip(drawing.nodes, names, strict=True))
    sizes = [_size(node, name, at, links, labels, up) for at, (node, name) in named]
    rows = rows_of(drawing, links, down, widths_of(sizes), _WIDEST)
    outermost = outer(rows, len(sizes))
    places = places_of(rows, sizes, _turned(links, up, rows, set(outermost.values())))
    room = {at: 5 + _width(labels[at], _LABEL_SIZE) if labels[at] else 0.0 for at in up}
    lanes = lanes_of(links, grouped(links, sorted(up)), places, outermost, room)
    return _Laid(places.boxes, lines_of(Laid(links, rows, places, lanes, outermost)))


def _turned(links: Sequence[Link], up: set[int], rows: Rows, at_side: set[int]) -> set[int]:
    """Return the rows above which lines turn that lead up from, or to, a box that has others at both sides."""
    row_of = {item: at for at, row in enumerate(rows.items) for item in row}
    leave = {row_of[links[at].source] + 1 for at in up if links[at].source not in at_side}
    return leave | {row_of[links[at].target] for at in up if links[at].target not in at_side}


def _size(node: DrawnNode, name: str, at: int, links: Sequence[Link], labels: Sequence[str], up: set[int]) -> Size:
    width = max(44.0, _width(name, _NAME_SIZE) + 24)
    into = [number for number, link in enumerate(links) if link.target == at and number not in up]
    loops = [number for number in into if links[number].source == at]
    told = [_width(labels[number], _LABEL_SIZE) for number in into if number not in loops and labels[number]]
    several = len(into) > len(loops) + 1
    text = 5 + max(told) + (0.4 * width if several else 0.0) if told else 0.0
    beside = [LOOP + 10 * before + 6 + _width(labels[number], _LABEL_SIZE) for before, number in enumerate(loops)]
    return Size(
        width,
        34.0 if node.kind is NodeKind.STEP else 26.0,
        left=max(width / 2, text if several else 0.0),
        right=max(width / 2 + max(beside, default=0.0), text),
        lines=len(told),
    )


def _around(laid: _Laid, labels: Sequence[str], note: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of all that is drawn, with the space around it."""
    around = [(box.left, box.top, box.right, box.bottom) for box in laid.boxes]
    around += [line.farthest for line in laid.lines]
    for line in laid.lines:
        x, y, anchor = line.label
        wide = _width(labels[line.link], _LABEL_SIZE)
        if labels[line.link]:
            around.append((x - wide * (anchor == "end"), y - _LABEL_SIZE, x + wide * (anchor == "start"), y + 3))
    left, top, right, bottom = zip(*around or [(0, 0, 0, 0)], strict=True)
    first, last = min(left) - _EDGE, max(max(right), min(left) + _width(note, _LABEL_SIZE)) + _EDGE
    return first, min(top) - _EDGE, last, max(bottom) + _EDGE + (20 if note else 0)


def _lines(drawing: Drawing, links: Sequence[Link], lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        link = links[line.link]
        ends = f"{_short(drawing.nodes[link.source].name)} to {_short(drawing.nodes[link.target].name)}"
        title = ends + ", conditional" * link.conditional + "".join(f", {_seen(label)}" for label in link.labels)
        dashed = ' stroke-dasharray="5 4"' if link.conditional else ""
        yield (
            f'<g class="edge{" conditional" * link.conditional}"><title>{escape(title)}</title>'
            f'<path d="{line.path}"{dashed}/>'
            f'<path class="arrow" d="{line.arrow}" fill="currentColor" stroke="none"/></g>\n'
        )


def _labels(lines: Sequence[Line], labels: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if labels[line.link]:
            yield _text("label", *line.label, labels[line.link])


def _text(kind: str, x: float, y: float, anchor: str, text: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{_LABEL_SIZE}"'
        f' fill="currentColor" stroke="none">{escape(text)}</text>\n'
    )


def _node(node: DrawnNode, name: str, box: Box) -> str:
    """Return a box with its name; where the thread stands, it is marked without a stylesheet as well."""
    kind = "node" + " here" * node.here + " end" * (node.kind is not NodeKind.STEP)
    corner = 8.0 if node.kind is NodeKind.STEP else (box.bottom - box.top) / 2
    mark = ' fill="currentColor" fill-opacity="0.12" stroke-width="3"' if node.here else ""
    return (
        f'<g class="{kind}"><title>{escape(_seen(node.name))}</title>'
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}"'
        f' height="{box.bottom - box.top:.1f}" rx="{corner:.0f}"{mark}/>'
        f'<text x="{box.x:.1f}" y="{box.y + 4.5:.1f}" text-anchor="middle" fill="currentColor" stroke="none">'
        f"{escape(name)}</text></g>\n"
    )


def _told(drawing: Drawing) -> str:
    """Return in words which nodes there are and where the run stands."""
    if not drawing.nodes:
        return _note(drawing)
    here = [node for node in drawing.nodes if node.here]
    before = [_short(node.name) for node in here if node.kind is not NodeKind.END]
    stands = f" The run stands before {' and '.join(before)}." if before else " The run stands at the end." * bool(here)
    left_out = f" {_note(drawing)}" if _note(drawing) else ""
    return f"Nodes: {', '.join(_short(node.name) for node in drawing.nodes)}.{stands}{left_out}"


def _note(drawing: Drawing) -> str:
    """Return what is not drawn; empty where all is."""
    if not drawing.nodes:
        return "This graph cannot be drawn."
    left_out = [(drawing.nodes_left_out, "nodes"), (drawing.edges_left_out, "edges")]
    counts = " and ".join(f"{count} {what}" for count, what in left_out if count)
    return f"Not drawn: {counts}." if counts else ""


def _seen(text: str) -> str:
    return cut(visible(text[:_LONGEST]), _LONGEST)


def _short(text: str) -> str:
    return cut(_seen(text), _NAME_COLUMNS)


def _width(text: str, size: float) -> float:
    """Return about how wide the text is in a font of the system's, rather more than less."""
    broad = sum(0.4 if each in "MWmw@%—…" else 0.15 * each.isupper() for each in text)
    return size * (0.6 * columns(text) + broad)
