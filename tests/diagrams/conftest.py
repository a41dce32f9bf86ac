"""Drawings made of a few words."""

from collections.abc import Callable, Sequence

import pytest

from interrupt_mcp.model import Drawing, DrawnEdge, DrawnNode

Draw = Callable[..., Drawing]


def drawn(*edges: Sequence[str], here: Sequence[str] = (), alone: Sequence[str] = ()) -> Drawing:
    names = dict.fromkeys([*(name for edge in edges for name in edge[:2]), *alone])
    nodes = tuple(DrawnNode(name, name, name in here) for name in names)
    return Drawing(nodes, tuple(DrawnEdge(edge[0], edge[1], *edge[2:3], conditional=len(edge) > 2) for edge in edges))


@pytest.fixture
def draw() -> Draw:
    """`draw(("a", "b"), ("b", "a", "label"), here=["b"], alone=["c"])`; edges with labels are conditional."""
    return drawn
