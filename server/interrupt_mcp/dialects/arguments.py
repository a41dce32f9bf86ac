"""Edited arguments of an action, checked against what the agent gave and what the action takes.

What the agent gave is never held against the person: an argument that was left alone passes, whatever its schema says.
"""

from collections.abc import Collection, Iterator

from interrupt_mcp.dialects.answers import label, listed
from interrupt_mcp.dialects.payload import brief, same
from interrupt_mcp.dialects.schemas import Complaint, complaints, properties_of, resolve
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.model import JsonObject, Request

_OPEN = ("patternProperties", "allOf", "anyOf", "oneOf")
_NAMED_HERE = ("required", "additionalProperties", "unevaluatedProperties")
"""Rules about names, which are found and named here: most schemas do not say that there are no others."""


def takes(request: Request, name: str) -> bool:
    """Whether the action has an argument of this name, as far as can be known."""
    if name in request.args:
        return True
    root = request.args_schema
    if root is None:
        return False
    schema = resolve(root, root)
    if name in properties_of(schema):
        return True
    more = schema.get("additionalProperties", False)
    return more is True or isinstance(more, dict) or any(rule in schema for rule in _OPEN)


def check_args(request: Request, args: JsonObject, elsewhere: Collection[str] = ()) -> None:
    """Refuse edited arguments, with all that is wrong with them; names in `elsewhere` are known besides.

    Raises:
        InvalidDecision: something is wrong with them.
    """
    faults = [*_missing(request, args), *_unknown(request, args, elsewhere), *_mistyped(request, args)]
    if faults:
        raise InvalidDecision(f"{label(request)}: {listed(faults)}")


def _missing(request: Request, args: JsonObject) -> Iterator[str]:
    schema = resolve(request.args_schema, request.args_schema) if request.args_schema else {}
    required = schema.get("required")
    by_itself = request.call.defaults if request.call else {}
    for name in request.args:
        if name not in args and name not in by_itself:
            yield f'the argument "{brief(name)}", which the agent gave, is missing from args'
    for needed in required if isinstance(required, list) else []:
        if isinstance(needed, str) and needed not in args and needed not in request.args:
            yield f'the argument "{brief(needed)}" is missing from args'


def _unknown(request: Request, args: JsonObject, elsewhere: Collection[str]) -> Iterator[str]:
    for name in args:
        if not takes(request, name) and name not in elsewhere:
            yield f'there is no argument "{brief(name)}"'


def _mistyped(request: Request, args: JsonObject) -> Iterator[str]:
    if request.args_schema is None:
        return
    for complaint in complaints(request.args_schema, args):
        if not _excused(request, args, complaint):
            yield f"argument {complaint}" if complaint.path else str(complaint)


def _excused(request: Request, args: JsonObject, complaint: Complaint) -> bool:
    if not complaint.path:
        return complaint.rule in _NAMED_HERE
    name = str(complaint.path[0])
    return name in request.args and name in args and same(args[name], request.args[name])
