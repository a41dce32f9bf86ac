"""Graphs and tools within a node: what it is, what its tools call, what its function reaches. It knows no thread."""

from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

from langchain_core.tools import BaseTool
from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel
from langgraph.pregel._utils import get_function_nonlocals

_MOST = 2000
"""Values that are looked at for one node."""
_PARTS = ("steps", "bound", "func", "afunc", "coroutine")
"""Attributes under which sequences, bindings, lambdas and tools keep what they call."""


def graphs_within(node: Any) -> Iterator[Pregel[Any, Any, Any, Any]]:
    """Return the graphs that may run within the node, each once; not those within them.

    A superset: a graph that the code only mentions is among them.
    """
    return (one for one in _within(node) if isinstance(one, Pregel))


def tools_within(node: Any) -> Iterator[BaseTool]:
    """Return the tools that the node may call, each once; not those of graphs within it. A superset as well."""
    return (one for one in _within(node) if isinstance(one, BaseTool))


def _within(node: Any) -> Iterator[Any]:
    """Return what the node is made of, each once, as far as it is reached without looking into a graph."""
    waiting: list[Any] = [*node.subgraphs, node.bound]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if not isinstance(one, Pregel):
            waiting += _reached(one)


def _reached(one: Any) -> list[Any]:
    match one:
        case MethodType():
            return [one.__self__, one.__func__]
        case FunctionType():
            return [*get_function_nonlocals(one), *_collections_named_in(one)]
        case dict():
            return list(one.values())[:_MOST]
        case list() | tuple():
            return list(one)[:_MOST]
        case ToolNode():
            return list(one.tools_by_name.values())
        case BaseTool():
            own = [getattr(type(one), name) for name in ("_run", "_arun")]
            return [*_parts(one), *(each for each in own if each not in (BaseTool._run, BaseTool._arun))]
        case _:
            return _parts(one)


def _collections_named_in(function: FunctionType) -> list[Any]:
    """Return the global collections that the function names; LangGraph leaves them out where there is nothing else."""
    codes = [function.__code__]
    for code in codes:
        codes.extend(const for const in code.co_consts if isinstance(const, CodeType))
    named = [function.__globals__.get(name) for code in codes for name in code.co_names]
    return [each for each in named if isinstance(each, dict | list | tuple)]


def _parts(one: Any) -> list[Any]:
    own = getattr(one, "__dict__", {})
    return [own[name] for name in _PARTS if own.get(name) is not None]
