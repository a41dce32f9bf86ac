"""Links: what leads from one node to another, edges that go the same way together, and which of them lead back up.

It knows nodes by their place in the drawing. It does not know where anything is drawn.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from interrupt_mcp.model import Drawing, NodeKind


@dataclass(frozen=True, slots=True)
class Link:
    """All edges from one node to another that are, or are not, conditional."""

    source: int
    target: int
    conditional: bool
    labels: tuple[str, ...]
    """The edges' labels, each once; none for edges without."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """What lines share that go far, or up."""

    begins: bool
    """Whether they begin together, rather than end."""
    node: int
    """Where they do."""
    conditional: bool


def links_of(drawing: Drawing) -> list[Link]:
    """Return the drawing's links. An edge of a node that it does not have is left out."""
    number = {node.id: at for at, node in enumerate(drawing.nodes)}
    labels: defaultdict[tuple[int, int, bool], dict[str, None]] = defaultdict(dict)
    for edge in drawing.edges:
        if edge.source in number and edge.target in number:
            found = labels[number[edge.source], number[edge.target], edge.conditional]
            found.update({edge.label: None} if edge.label else {})
    return [Link(*key, tuple(found)) for key, found in labels.items()]


def leading_up(drawing: Drawing, links: Sequence[Link]) -> set[int]:
    """Return which links lead back to where the graph came from, by their place among the links.

    Without them, and those from a node to itself, no way leads round in a circle.
    """
    out: list[list[int]] = [[] for _ in drawing.nodes]
    entered = {link.target for link in links}
    for at, link in enumerate(links):
        if link.source != link.target:
            out[link.source].append(at)
    nodes = range(len(drawing.nodes))
    up: set[int] = set()
    behind, before = set[int](), set[int]()
    for root in sorted(nodes, key=lambda node: (drawing.nodes[node].kind is not NodeKind.START, node in entered)):
        if root in behind:
            continue
        before.add(root)
        way = [(root, iter(out[root]))]
        while way:
            node, rest = way[-1]
            for at in rest:
                target = links[at].target
                if target in before:
                    up.add(at)
                elif target not in behind:
                    before.add(target)
                    way.append((target, iter(out[target])))
                    break
            else:
                way.pop()
                before.remove(node)
                behind.add(node)
    return up


def trunks(links: Sequence[Link], which: Sequence[int]) -> dict[int, Trunk]:
    """Return for each of these links the trunk that it belongs to: the one that more of them share.

    One with a label shares its beginning at most, so that it is told apart where it ends.
    """
    begin = Counter((links[at].source, links[at].conditional) for at in which)
    end = Counter((links[at].target, links[at].conditional) for at in which)
    found: dict[int, Trunk] = {}
    for at in which:
        link = links[at]
        source, target = (link.source, link.conditional), (link.target, link.conditional)
        begins = bool(link.labels) or begin[source] >= end[target]
        found[at] = Trunk(begins, *(source if begins else target))
    return found
