"""Graphs within a node: what it is, what its tools call, and what its function reaches. It knows no thread."""

from collections.abc import Iterator
from types import FunctionType, MethodType
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
    waiting: list[Any] = [*node.subgraphs, node.bound]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Pregel):
            yield one
        else:
            waiting += _reached(one)


def _reached(one: Any) -> list[Any]:
    match one:
        case MethodType():
            return [one.__self__, one.__func__]
        case FunctionType():
            return list(get_function_nonlocals(one))
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


def _parts(one: Any) -> list[Any]:
    own = getattr(one, "__dict__", {})
    return [own[name] for name in _PARTS if own.get(name) is not None]
