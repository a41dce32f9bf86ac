"""Tools: those in an agent's tool nodes, by name, with the schema of the arguments that a model gives.

Tools of an agent that is called inside a tool are not seen here.
"""

from collections.abc import Iterator
from typing import Any

from interrupt_mcp.dialects.schemas import args_schema_of
from interrupt_mcp.model import JsonObject


def tools_of(graph: Any) -> dict[str, JsonObject]:
    """Return the tools of the graph and its subgraphs. Two different tools of one name: what either takes."""
    schemas: dict[str, list[JsonObject]] = {}
    for tool in _tools(graph):
        schema = args_schema_of(tool) or {"type": "object"}
        known = schemas.setdefault(tool.name, [])
        if schema not in known:
            known.append(schema)
    return {name: known[0] if len(known) == 1 else {"anyOf": [*known]} for name, known in schemas.items()}


def _tools(graph: Any) -> Iterator[Any]:
    from langgraph.prebuilt import ToolNode
    from langgraph.pregel import Pregel

    graphs = [graph, *(subgraph for _, subgraph in graph.get_subgraphs(recurse=True))]
    nodes = [node.bound for each in graphs if isinstance(each, Pregel) for node in each.nodes.values()]
    while nodes:
        node = nodes.pop(0)
        if isinstance(node, ToolNode):
            yield from node.tools_by_name.values()
        else:
            # What `|`, `with_retry` and `with_config` make of a tool node.
            nodes[:0] = [*getattr(node, "steps", ()), *filter(None, [getattr(node, "bound", None)])]
