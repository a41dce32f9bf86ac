"""Defaults: what a tool is called with besides the arguments that it is given.

A default of the schema is put in by the tool, and can be given instead. One of the function alone can be given by
nobody from outside; it can be compared. Nothing of the tool is called for it, but factories of defaults.
"""

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.pydantic import get_fields

from interrupt_mcp.effects.marks import injected
from interrupt_mcp.model import JsonObject, to_json

_OF_LANGCHAIN = frozenset(("callbacks", "config", "run_manager", "runtime", "self"))
"""What LangChain puts in by name."""
_VARIADIC = frozenset(("args", "kwargs"))
"""What pydantic makes of `*args` and `**kwargs`. LangChain puts in no default of a field with such a name."""


def defaults_of(tool: Any, given: JsonObject, *, awaited: bool = True) -> JsonObject:
    """Return what the tool is called with besides `given`, as JSON; nothing where that cannot be known.

    `awaited` is whether its asynchronous function runs, where it has two.
    """
    if not isinstance(tool, BaseTool):
        return {}
    found: JsonObject = {}
    for name, value in (*_of_schema(tool), *_of_functions(tool, awaited=awaited)):
        if name not in given and name not in found and name not in _OF_LANGCHAIN:
            found[name] = to_json(value())
    return found


def can_be_given(tool: Any, name: str) -> bool:
    """Whether the tool takes the argument from outside."""
    fields = _fields(tool, "args_schema")
    return fields is None or name in fields


def models_own(tool: Any, args: dict[str, Any]) -> dict[str, Any]:
    """Return those of the arguments that a model gives, rather than LangGraph."""
    fields, all_fields = _fields(tool, "tool_call_schema"), _fields(tool, "args_schema")
    if fields is None or all_fields is None:
        return {n: value for n, value in args.items() if n in tool.args or n not in _OF_LANGCHAIN | _VARIADIC}
    return {name: value for name, value in args.items() if name in fields or name not in all_fields}


def functions_of(tool: Any) -> list[Any]:
    """Return all that the tool runs: its class's own methods, and its functions."""
    own = (_own(tool, "_run"), _own(tool, "_arun"))
    functions = (getattr(tool, "func", None), getattr(tool, "coroutine", None))
    return [each for each in (*own, *functions) if each is not None]


def _running(tool: BaseTool, *, awaited: bool) -> list[Any]:
    """Return those of them that run when the tool is called so."""
    method, function = _own(tool, "_run"), getattr(tool, "func", None)
    if awaited:
        method, function = _own(tool, "_arun") or method, getattr(tool, "coroutine", None) or function
    return [each for each in (method, function) if each is not None]


def _own(tool: Any, name: str) -> Any:
    """Return the method, if it is not one of LangChain's."""
    found = getattr(type(tool), name, None)
    return None if getattr(found, "__module__", "").startswith("langchain_core.tools") else found


def _fields(tool: Any, schema: str) -> dict[str, Any] | None:
    found = getattr(tool, schema, None)
    return dict(get_fields(found)) if isinstance(found, type) else None


def _of_schema(tool: BaseTool) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name, field in (_fields(tool, "tool_call_schema") or {}).items():
        required = field.is_required() if hasattr(field, "is_required") else getattr(field, "required", True)
        if not required and name not in _VARIADIC and hasattr(field, "get_default"):
            yield name, lambda field=field: _made(field)  # type: ignore[misc]


def _made(field: Any) -> Any:
    try:
        return field.get_default(call_default_factory=True)
    except TypeError:
        # pydantic's version 1 has no such argument.
        return field.get_default()
    except Exception:  # noqa: BLE001  a factory of the agent's own raises what it likes, and will when the tool is called
        return None


def _has_none(function: Any) -> bool:
    """Whether it is surely called with no default, as it has none now, and shows no signature but its own."""
    plain = isinstance(function, FunctionType) and not (function.__defaults__ or function.__kwdefaults__)
    return plain and not (hasattr(function, "__wrapped__") or hasattr(function, "__signature__"))


def _of_functions(tool: BaseTool, *, awaited: bool) -> Iterator[tuple[str, Callable[[], Any]]]:
    seen = (_fields(tool, "args_schema") or {}).keys() - _VARIADIC
    for function in _running(tool, awaited=awaited):
        if _has_none(function):
            continue
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            continue
        hidden = injected(function, signature)
        for each in signature.parameters.values():
            variadic = each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
            if each.default is not each.empty and not variadic and each.name not in hidden and each.name not in seen:
                yield each.name, lambda each=each: each.default  # type: ignore[misc]
