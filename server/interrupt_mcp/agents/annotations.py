"""Annotations: the classes that a graph says its values are of, and what kind of class that is."""

import dataclasses
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

_PLAIN = (set, frozenset, deque, Path, UUID, Decimal, date, time, timedelta)
"""What LangGraph keeps together with its class; lists, mappings, texts and numbers it keeps without."""


def annotated_in(graph: Any) -> Iterator[type]:
    """Yield the classes that the schemas and channels of the graph and its subgraphs name, at any depth."""
    found: dict[int, Any] = {}
    for each in (graph, *(subgraph for _, subgraph in graph.get_subgraphs(recurse=True))):
        schemas = getattr(getattr(each, "builder", None), "schemas", {})
        channels = getattr(each, "channels", {}).values()
        kinds = [getattr(channel, name, None) for channel in channels for name in ("ValueType", "UpdateType")]
        yield from _classes([*schemas, *kinds], found)


def is_data(kind: type) -> bool:
    """Whether it is of a kind that LangGraph keeps and makes again: a model, a data class, an enum, a named tuple."""
    if dataclasses.is_dataclass(kind) or issubclass(kind, (Enum, *_PLAIN)):
        return True
    if issubclass(kind, tuple):
        return hasattr(kind, "_fields")
    return any(issubclass(kind, model) for model in _models())


def is_runnable(kind: type) -> bool:
    """Whether it is a model, a tool or the like, which acts and is no data."""
    from langchain_core.runnables import Runnable

    return issubclass(kind, Runnable)


def _models() -> list[type]:
    """Return the base classes of pydantic's models, of both of its versions where they are imported."""
    modules = [sys.modules.get(name) for name in ("pydantic", "pydantic.v1")]
    return [module.BaseModel for module in modules if module is not None]


def _classes(annotations: Iterable[Any], found: dict[int, Any]) -> Iterator[type]:
    """Yield the classes in the annotations; `found` keeps what was seen, since another could get its id."""
    left = [*annotations]
    while left:
        each = left.pop()
        if each is None or id(each) in found:
            continue
        found[id(each)] = each
        left += get_args(each)
        if isinstance(each, type):
            yield each
            left += _hints(each)
        else:
            left += [getattr(each, name, None) for name in ("__value__", "__supertype__", "__bound__")]


def _hints(kind: type) -> Iterable[Any]:
    try:
        return get_type_hints(kind, include_extras=True).values()
    except Exception:  # noqa: BLE001  names that are not there at run time, and whatever else an author wrote
        return [hint for hint in getattr(kind, "__annotations__", {}).values() if not isinstance(hint, str)]
