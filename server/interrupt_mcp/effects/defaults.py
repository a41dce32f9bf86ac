"""Defaults: what a tool is called with besides the arguments that it is given.

A default of the schema is put in by the tool, and can be given instead. One of the function alone can be given by
nobody from outside; it can be compared. Nothing of the tool is called for it, but factories of defaults.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.pydantic import get_fields

from interrupt_mcp.model import JsonObject, to_json
from interrupt_mcp.sensitivity import injected

_OF_LANGCHAIN = frozenset(("args", "kwargs", "callbacks", "config", "run_manager", "runtime", "self"))
"""What LangChain puts in by name, and what pydantic makes of `*args` and `**kwargs`."""


def defaults_of(tool: Any, given: JsonObject) -> JsonObject:
    """What the tool is called with besides `given`, as JSON; nothing where that cannot be known."""
    if not isinstance(tool, BaseTool):
        return {}
    found: JsonObject = {}
    for name, value in (*_of_schema(tool), *_of_function(tool)):
        if name not in given and name not in found and name not in _OF_LANGCHAIN:
            found[name] = to_json(value())
    return found


def can_be_given(tool: Any, name: str) -> bool:
    """Whether the tool takes the argument from outside."""
    fields = _fields(tool, "args_schema")
    return fields is None or name in fields


def models_own(tool: Any, args: dict[str, Any]) -> dict[str, Any]:
    """Those of the arguments that a model gives, rather than LangGraph."""
    fields, all_fields = _fields(tool, "tool_call_schema"), _fields(tool, "args_schema")
    if fields is None or all_fields is None:
        return {name: value for name, value in args.items() if name not in _OF_LANGCHAIN}
    return {name: value for name, value in args.items() if name in fields or name not in all_fields}


def functions_of(tool: Any) -> list[Any]:
    """What the tool runs: its functions, or its class's own methods."""
    functions = [found for name in ("func", "coroutine") if (found := getattr(tool, name, None)) is not None]
    if functions:
        return functions
    own = [getattr(type(tool), name, None) for name in ("_run", "_arun")]
    return [each for each in own if each is not None and each not in (BaseTool._run, BaseTool._arun)]


def _fields(tool: Any, schema: str) -> dict[str, Any] | None:
    found = getattr(tool, schema, None)
    return dict(get_fields(found)) if isinstance(found, type) else None


def _of_schema(tool: BaseTool) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name, field in (_fields(tool, "tool_call_schema") or {}).items():
        required = field.is_required() if hasattr(field, "is_required") else getattr(field, "required", True)
        if not required and hasattr(field, "get_default"):
            yield name, lambda field=field: _made(field)  # type: ignore[misc]


def _made(field: Any) -> Any:
    try:
        return field.get_default(call_default_factory=True)
    except TypeError:
        # pydantic's version 1 has no such argument.
        return field.get_default()
    except Exception:  # noqa: BLE001  a factory of the agent's own raises what it likes, and will when the tool is called
        return None


def _of_function(tool: BaseTool) -> Iterator[tuple[str, Callable[[], Any]]]:
    seen = _fields(tool, "args_schema") or {}
    for function in functions_of(tool)[:1]:
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return
        hidden = injected(function, signature)
        for each in signature.parameters.values():
            variadic = each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
            if each.default is not each.empty and not variadic and each.name not in hidden and each.name not in seen:
                yield each.name, lambda each=each: each.default  # type: ignore[misc]
