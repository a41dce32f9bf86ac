"""Tools: those in an agent's tool nodes, by name, with the schema of the arguments that a model gives.

Tools of an agent that is called inside a tool are not seen here.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from interrupt_mcp.agents.schema import attempt
from interrupt_mcp.model import JsonObject


def tools_of(graph: Any) -> dict[str, JsonObject]:
    """The tools of the graph and its subgraphs. Two different tools of one name: what either takes."""
    schemas: dict[str, list[JsonObject]] = {}
    for tool in _tools(graph):
        schema = attempt(partial(_args_schema, tool)) or {"type": "object"}
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


def _args_schema(tool: Any) -> Any:
    """Without the arguments that LangGraph injects."""
    schema = tool.tool_call_schema
    if isinstance(schema, dict):
        return schema
    # Models of pydantic's version 1 have only the old name.
    return schema.model_json_schema() if hasattr(schema, "model_json_schema") else schema.schema()
