"""JSON Schema as graphs and tools publish it: local references only, and a broken schema never breaks anything.

It never fetches a reference and never coerces a value. It does not know what the value is for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from interrupt_mcp.dialects.payload import brief, fault
from interrupt_mcp.model import Json, JsonObject

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

MAX_HOPS = 16


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing in a value that its schema does not allow."""

    path: tuple[str | int, ...]
    rule: str
    text: str

    def __str__(self) -> str:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")
        return f"{brief(where)}: {self.text}" if where else self.text


def complaints(schema: JsonObject, value: Json) -> tuple[Complaint, ...]:
    """What the schema has against the value; nothing where the schema itself is broken."""
    # Imported here because it is slow to import, and a server that nobody has asked yet does not need it.
    from jsonschema import SchemaError
    from referencing.exceptions import Unresolvable

    broken = (
        SchemaError,
        Unresolvable,
        RecursionError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        re.error,
    )
    if fault(schema) is not None:
        return ()
    try:
        return tuple(_complaint(error) for error in _validator(schema).iter_errors(value))
    except broken:
        return ()


def _validator(schema: JsonObject) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator
    from referencing.jsonschema import EMPTY_REGISTRY

    Draft202012Validator.check_schema(schema)
    # Without a registry of its own the validator would fetch remote references.
    return Draft202012Validator(schema, registry=EMPTY_REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _complaint(error: "ValidationError") -> Complaint:
    return Complaint(tuple(error.absolute_path), str(error.validator), brief(error.message, 200))


def resolve(root: JsonObject, node: Json) -> JsonObject:
    """The node, or what its local reference leads to; an empty schema where that is nothing."""
    for _ in range(MAX_HOPS):
        if not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = _at(root, reference)
    return {}


def _at(root: JsonObject, reference: str) -> Json:
    node: Json = root
    for step in _steps(reference):
        if not isinstance(node, dict) or step not in node:
            return None
        node = node[step]
    return node if reference.startswith("#") else None


def _steps(reference: str) -> Iterator[str]:
    for step in reference.lstrip("#").split("/")[1:]:
        yield unquote(step).replace("~1", "/").replace("~0", "~")


def properties_of(schema: JsonObject) -> JsonObject:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}
