"""Arguments as form fields: one for each that is a plain value on one line, and all of them as JSON where some are not.

MCP forms are flat and of strings, numbers and booleans only; clients write them in one line and may round numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp.dialects.schemas import properties_of, resolve
from interrupt_mcp.model import MISSING, Json, JsonObject, Missing, Request
from interrupt_mcp.text.visible import escaped_json, is_visible

ARGS_JSON = "args_json"
_PREFIX = "arg_"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_LONGEST_TEXT = 1_000
_LONGEST_RICH_TEXT = 20_000
_MOST_FIELDS = 30
_EXACT = 2**53
"""Clients written in JavaScript hold no larger integers."""
_OWN = ("argument", "decision", "message", "answer", "choice", "json")
"""Words of the titles of the form's own fields."""
_LOOK_ALIKE = str.maketrans("01l3457", "oiieast")
_KINDS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class Field:
    """One argument that can be edited in a field of its own."""

    name: str
    kind: str
    """Its type in JSON Schema: `string`, `integer`, `number` or `boolean`."""
    shown: Json | Missing = MISSING
    """What the field holds before the person fills it in; missing where it is empty."""

    @property
    def key(self) -> str:
        """The field's own name in the form."""
        return _PREFIX + self.name

    @property
    def schema(self) -> JsonObject:
        """The field's JSON Schema."""
        if self.shown is MISSING:
            return {"type": self.kind, "title": self.title, "description": "Empty now; leave it so to keep that."}
        return {"type": self.kind, "title": self.title, "default": self.shown}

    @property
    def title(self) -> str:
        """The argument's name, and that it is one where it could pass for a field of the form's own."""
        letters = re.sub("[^a-z]", "", self.name.lower().translate(_LOOK_ALIKE))
        return f"Argument {self.name}" if any(word in letters for word in _OWN) else self.name


@dataclass(frozen=True, slots=True)
class Fields:
    """How the arguments of one request can be edited in a form."""

    args: JsonObject
    """What they are filled with: the agent's own, or those of a proposal."""
    single: tuple[Field, ...]
    """Those that have a field of their own."""
    as_json: bool
    """Whether there is a field for all of them as JSON."""

    @property
    def keys(self) -> frozenset[str]:
        """Names of the form's fields for them."""
        return frozenset(self.schema)

    @property
    def schema(self) -> JsonObject:
        """The JSON Schemas of the form's fields for them, by the fields' names."""
        made: JsonObject = {field.key: field.schema for field in self.single}
        if self.as_json:
            made[ARGS_JSON] = {
                "type": "string",
                "title": "All arguments, as JSON",
                "description": "For edit: change what is to change, and leave the rest as it is.",
                "default": escaped_json(self.args),
            }
        return made


def fields_of(request: Request, args: JsonObject, *, fill_in: bool = False, rich: bool = False) -> Fields:
    """Return fields for the arguments as they are to be shown; to `fill_in`, also for those that nobody gave yet.

    Where the form is `rich`, texts of several lines have fields too, and there is one for all arguments in any case.
    """
    properties = _properties(request)
    names = {**args, **properties} if fill_in else args
    made = [_field(name, args.get(name, MISSING), properties.get(name), rich) for name in names]
    single = tuple(field for field in made if field is not None)[:_MOST_FIELDS]
    return Fields(args, single, as_json=rich or not {*names} <= {field.name for field in single})


def _properties(request: Request) -> Mapping[str, JsonObject]:
    root = request.args_schema
    if root is None:
        return {}
    found = properties_of(resolve(root, root))
    return {name: resolve(root, node) for name, node in found.items()}


def _field(name: str, value: Json | Missing, schema: JsonObject | None, rich: bool) -> Field | None:
    """Return the field, if the argument can be edited in one without losing anything."""
    if not _NAME.fullmatch(name):
        return None
    match value:
        case bool():
            return Field(name, "boolean", value)
        case int() if abs(value) < _EXACT:
            return Field(name, _number(schema), value)
        case float():
            return Field(name, "number", value)
        case str() if _editable(value, rich):
            return Field(name, "string", value)
        case None | Missing():
            kind = _kind(schema)
            return Field(name, kind) if kind else None
    return None


def _editable(text: str, rich: bool) -> bool:
    """Whether the text comes back from a field as it is, where nobody touched it."""
    if rich:
        return len(text) <= _LONGEST_RICH_TEXT and all(map(is_visible, text.split("\n")))
    return len(text) <= _LONGEST_TEXT and is_visible(text)


def _number(schema: JsonObject | None) -> str:
    return "number" if _kind(schema) == "number" else "integer"


def _kind(schema: JsonObject | None) -> str | None:
    """Return the one kind of plain value that the schema takes; none where it is not just one."""
    if schema is None:
        return None
    branches = schema.get("anyOf")
    given = branches if isinstance(branches, list) else [schema]
    kinds = {each.get("type") for each in given if isinstance(each, dict) and each.get("type") != "null"}
    only = kinds.pop() if len(kinds) == 1 else None
    return only if isinstance(only, str) and only in _KINDS else None
