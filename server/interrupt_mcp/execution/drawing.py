"""The drawing of a graph: what LangGraph says of its nodes and edges, with where a thread stands.

It runs no node. It does not know how a drawing is shown.
"""

from collections.abc import Collection
from typing import Any

from langgraph.constants import END, START

from interrupt_mcp.model import Drawing, DrawnEdge, DrawnNode, NodeKind

_MOST_NODES = 200
_MOST_EDGES = 600
_KINDS = {START: NodeKind.START, END: NodeKind.END}


def seen(graph: Any) -> Any | None:
    """Return LangGraph's own picture of the graph; `None` where the graph raises when it is looked at."""
    try:
        return graph.get_graph()
    except Exception:  # noqa: BLE001  a state of the agent's own type is made to find the edges, and raises what it likes
        return None


def drawing_of(graph: Any, standing: tuple[str, ...]) -> Drawing:
    """Return the graph's drawing, with the nodes marked that run next: those of `standing`, or the end if it is empty.

    It has at most 200 nodes and 600 edges, where the thread stands among them, and says how many are left out.
    """
    found = seen(graph)
    if found is None:
        return Drawing()
    here = standing or (END,)
    kept = set(_foremost(list(found.nodes), (START, *here, END)))
    nodes = tuple(
        DrawnNode(str(key), _name(key, node), key in here, _KINDS.get(key, NodeKind.STEP))
        for key, node in found.nodes.items()
        if key in kept
    )
    between = [edge for edge in found.edges if edge.source in kept and edge.target in kept]
    edges = tuple(
        DrawnEdge(str(edge.source), str(edge.target), _label(edge.data), bool(edge.conditional))
        for edge in between[:_MOST_EDGES]
    )
    return Drawing(nodes, edges, len(found.nodes) - len(nodes), len(found.edges) - len(edges))


def _foremost(keys: list[str], first: Collection[str]) -> list[str]:
    """Return as many of the keys as are drawn, those in `first` before all others."""
    return sorted(keys, key=lambda key: key not in first)[:_MOST_NODES]


def _name(key: str, node: Any) -> str:
    kind = _KINDS.get(key)
    return str(node.name) if kind is None else kind.value


def _label(data: object) -> str:
    return "" if data is None else str(data)
