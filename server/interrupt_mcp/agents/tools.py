"""Tools: those in an agent's tool nodes, by name, with the schema of the arguments that a model gives.

Tools of an agent that is called inside a tool are not seen here.
"""

from collections.abc import Iterable, Iterator
from inspect import isroutine
from types import ModuleType
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


def by_name(graph: Any) -> dict[str, Any]:
    """Return the tools themselves, by name; of several of one name the first."""
    found: dict[str, Any] = {}
    for tool in _tools(graph):
        found.setdefault(tool.name, tool)
    return found


def named_in(modules: Iterable[ModuleType], name: str) -> Any:
    """Return the tool or the function of that name that one of the modules defines or imports; `None` if none does."""
    from langchain_core.tools import BaseTool

    values = [value for module in modules for value in [*vars(module).values()]]
    tool = next((value for value in values if isinstance(value, BaseTool) and value.name == name), None)
    functions = (value for value in values if isroutine(value) and value.__name__ == name)
    return next(functions, None) if tool is None else tool


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
