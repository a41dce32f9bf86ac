"""A drawing: the nodes of an agent's graph, what leads from one to another, and where a thread stands.

It knows neither the graph that it was made of, nor how it is shown.
"""

from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    START = "start"
    STEP = "step"
    END = "end"


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node of the graph."""

    id: str
    """What edges name it by; no other node of the drawing has it."""
    name: str
    """As the agent's author wrote it: any text."""
    here: bool = False
    """Whether it runs next; for the end, whether nothing does."""
    kind: NodeKind = NodeKind.STEP


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """What leads from one node to another, by their ids."""

    source: str
    target: str
    label: str = ""
    """Any text of the agent's author; empty where there is none."""
    conditional: bool = False
    """Whether code decides if the graph goes this way."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph, and where a thread stands in it; without any node where the graph cannot be looked at."""

    nodes: tuple[DrawnNode, ...] = ()
    edges: tuple[DrawnEdge, ...] = ()
    """Each is between two of the nodes."""
    nodes_left_out: int = 0
    """How many more nodes the graph has."""
    edges_left_out: int = 0
    """How many more edges the graph has, those of nodes that are left out among them."""
