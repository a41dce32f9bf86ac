"""Asking: what of an agent asks a person by itself, as far as that can be told without running any of it.

It looks at objects and at the names in their code. It calls nothing of the agent's.
"""

import functools
import inspect
import sys
from collections.abc import Iterator
from enum import StrEnum
from types import CodeType, FunctionType
from typing import Any

from interrupt_mcp.effects.defaults import functions_of
from interrupt_mcp.effects.gate_question import asks_itself
from interrupt_mcp.effects.marks import asks_first

_DEEPEST = 3
"""How many functions of the agent's own modules are followed, each called by the one before."""
_MOST = 500
"""Functions that are looked at for one tool or node."""
_LIBRARIES = ("langchain", "langchain_core", "langgraph")
"""Their code names `interrupt` for whoever uses it."""
_MISSING = object()


class Asks(StrEnum):
    """How a tool asks by its own code."""

    SENSITIVE = "sensitive"
    """Before anything of it runs."""
    MAYBE = "maybe"
    """Its code names `interrupt()`, or something that is `sensitive`; whether it comes there is not known."""
    NOT_SEEN = "not seen"


def asks_by_code(tool: Any) -> Asks:
    """Return how the tool asks by its own code."""
    if asks_itself(tool):
        return Asks.SENSITIVE
    return Asks.MAYBE if any(map(names_interrupt, functions_of(tool))) else Asks.NOT_SEEN


def asked_by_middleware(graph: Any) -> frozenset[str]:
    """Return the tools that a `HumanInTheLoopMiddleware` of the graph, or of one within it, asks about."""
    kind = _of_langchain("HumanInTheLoopMiddleware")
    owners = (getattr(function, "__self__", None) for _, function in _functions(graph))
    found = [each.interrupt_on for each in owners if isinstance(each, kind)]
    return frozenset(str(name) for tools in found for name in tools)


def asking_nodes(graph: Any) -> list[str]:
    """Return the nodes, other than those of tools and of middleware, whose code names `interrupt()`."""
    kind = _of_langchain("AgentMiddleware")
    found = dict.fromkeys(
        name
        for name, function in _functions(graph)
        if not isinstance(getattr(function, "__self__", None), kind) and names_interrupt(function)
    )
    return list(found)


def _of_langchain(name: str) -> tuple[Any, ...]:
    """Return the kind of middleware of that name; none where no agent imported it, as LangChain may not be there."""
    kind = getattr(sys.modules.get("langchain.agents.middleware"), name, None)
    return () if kind is None else (kind,)


def _functions(graph: Any) -> Iterator[tuple[str, Any]]:
    """Yield each function of a node, with the node's name."""
    from langgraph.pregel import Pregel

    graphs = [graph, *(subgraph for _, subgraph in graph.get_subgraphs(recurse=True))]
    for each in graphs:
        for name, node in each.nodes.items() if isinstance(each, Pregel) else ():
            for bound in (node.bound, *getattr(node.bound, "steps", ())):
                functions = (getattr(bound, "func", None), getattr(bound, "afunc", None))
                yield from ((str(name), each) for each in functions if each is not None)


def names_interrupt(function: Any) -> bool:
    """Whether the code names LangGraph's `interrupt`, or what is `sensitive`, by itself or in functions it names."""
    seen: set[CodeType] = set()
    return _names_interrupt(function, _DEEPEST, seen)


def _names_interrupt(function: Any, deep: int, seen: set[CodeType]) -> bool:
    from langgraph.types import interrupt

    plain = _plain(function)
    if plain is None or plain.__code__ in seen or len(seen) >= _MOST:
        return False
    if str(plain.__module__).partition(".")[0] in _LIBRARIES:
        return False
    seen.add(plain.__code__)
    cells = dict(zip(plain.__code__.co_freevars, plain.__closure__ or (), strict=False))
    for name in _names(plain.__code__):
        value = _value(cells[name]) if name in cells else plain.__globals__.get(name, _MISSING)
        if value is interrupt or (name == "interrupt" and value is _MISSING) or asks_first(value):
            return True
        own = isinstance(value, FunctionType) and value.__module__ == plain.__module__
        if own and deep and _names_interrupt(value, deep - 1, seen):
            return True
    return False


def _plain(function: Any) -> FunctionType | None:
    """Return the function that a method, a wrapper or a partial is of; `None` where its code cannot be seen."""
    while isinstance(function, functools.partial):
        function = function.func
    try:
        function = inspect.unwrap(getattr(function, "__func__", function))
    except ValueError:
        return None
    if not isinstance(function, FunctionType):
        # That of an object which is called.
        function = vars(type(function)).get("__call__")
    return function if isinstance(function, FunctionType) else None


def _names(code: CodeType) -> Iterator[str]:
    """Yield all names in the code, and in functions that it defines."""
    yield from code.co_names
    yield from code.co_freevars
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)


def _value(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING
