"""Declared settings: a frozen dataclass says each once, as a field with its name, its kind and its default.

    run_timeout: Annotated[float | None, above_zero("seconds")] = None

It does not know which dataclasses there are, nor where values come from.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, TypeVar, get_args, get_origin

from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import Kind
from interrupt_mcp.errors import ConfigError

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Key:
    """What a field says of its key besides the kind, after it in the annotation."""

    name: str = ""
    """Where the key has another name than the field."""
    variable: bool = True
    """Whether a variable may say it, rather than the file alone."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as a field declares it."""

    field: str
    key: str
    kind: Kind[Any]
    variable: bool


def declared(model: type) -> dict[str, Declared]:
    """Return the settings that the dataclass declares, by key. A field that names no kind is none."""
    found = {}
    for each in fields(model):
        if get_origin(each.type) is Annotated:
            _, kind, *more = get_args(each.type)
            key = next((one for one in more if isinstance(one, Key)), Key())
            name = key.name or each.name
            found[name] = Declared(each.name, name, kind, key.variable)
    return found


def read_table(model: type[Model], table: Given, besides: Collection[str] = ()) -> Model:
    """Return what a table of the file says, as the dataclass that declares its keys; `besides` are other keys in it.

    Raises:
        ConfigError: a key is not declared, or its value is not of its kind.
    """
    keys, entries = declared(model), table.entries()
    refuse_unknown(entries, [*keys, *besides])
    return model(**{keys[key].field: keys[key].kind(given) for key, given in entries.items() if key in keys})


def refuse_unknown(entries: Mapping[str, Given], known: Collection[str]) -> None:
    """Refuse a key that is mistyped: it would leave a default in its place.

    Raises:
        ConfigError: a key is none of those known.
    """
    for key, given in entries.items():
        if key not in known:
            raise ConfigError(f"{given.place} is not a setting; allowed are {', '.join(known)}")
