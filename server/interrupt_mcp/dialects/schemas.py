"""JSON Schema as graphs and tools publish it: local references only, and a broken schema never breaks anything.

It never fetches a reference and never coerces a value. It does not know what the value is for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from interrupt_mcp.dialects.payload import brief, fault
from interrupt_mcp.model import Json, JsonObject, to_json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

MAX_HOPS = 16


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing in a value that its schema does not allow."""

    path: tuple[str | int, ...]
    """Where in the value."""
    rule: str
    """The schema's word for it, like `required`."""
    text: str
    """What is wrong."""

    def __str__(self) -> str:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")
        return f"{brief(where)}: {self.text}" if where else self.text


def published(make: Callable[[], object]) -> JsonObject | None:
    """Return the schema that is made, or `None` where it cannot be made: graphs and tools work without."""
    try:
        schema = to_json(make())
    except Exception:  # noqa: BLE001  types of the agent's own make their own schemas and raise what they like
        return None
    return schema if isinstance(schema, dict) else None


def args_schema_of(tool: object) -> JsonObject | None:
    """Return the schema of the arguments that a model gives the LangChain tool, without those that LangGraph injects.

    `None` where there is no tool, or where its schema cannot be made.
    """
    return None if tool is None else published(partial(_args_schema, tool))


def _args_schema(tool: Any) -> Any:
    schema = tool.tool_call_schema
    if isinstance(schema, dict):
        return schema
    # Models of pydantic's version 1 have only the old name.
    return schema.model_json_schema() if hasattr(schema, "model_json_schema") else schema.schema()


def complaints(schema: JsonObject, value: Json) -> tuple[Complaint, ...]:
    """Return what the schema has against the value; nothing where the schema itself is broken."""
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
    """Return the node, or what its local reference leads to; an empty schema where that is nothing."""
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
    """Return the schemas of an object's properties, by name."""
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}
