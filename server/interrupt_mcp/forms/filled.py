"""What was filled in, as a decision; or why nothing was decided.

`accept` means what the agent asked for. A field that was changed says something else, so the two together decide
nothing, rather than one of them silently.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp import dialects
from interrupt_mcp.dialects.payload import brief, same
from interrupt_mcp.dialects.schemas import properties_of
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.forms.choices import CHOICE
from interrupt_mcp.forms.fields import ARGS_JSON, Field, Fields
from interrupt_mcp.forms.form import VALUE, Form
from interrupt_mcp.model import MISSING, Decision, DecisionType, Json, JsonObject, Missing

_YES = (DecisionType.ACCEPT, DecisionType.EDIT)
_EMPTY = ("", 0, False, None)


@dataclass(frozen=True, slots=True)
class Undecided:
    """The form decides nothing, for this reason."""

    reason: str


class _Unreadable(Exception):
    """A field holds what cannot be meant; the text says which."""


def read(form: Form, content: Mapping[str, Json] | None) -> Decision | Undecided:
    """Return the decision that the filled-in form makes, or why it makes none.

    That the agent can take it is not checked here.
    """
    try:
        return _read(form, content or {})
    except (_Unreadable, InvalidDecision) as error:
        return Undecided(str(error))


def _read(form: Form, content: Mapping[str, Json]) -> Decision | Undecided:
    if strange := strange_field(form.schema, content):
        return Undecided(strange)
    word = content.get("decision")
    if not isinstance(word, str) or not word:
        return Undecided("the form came back without a decision")
    kind = dialects.parse_type(word)
    if kind not in form.options:
        return Undecided(f"{kind.value} is not among what the form offers")
    message = _text(content, "message")
    if kind in _YES and (said := next((name for name in (CHOICE, VALUE) if _wrote(form, content, name)), None)):
        return Undecided(f"`{said}` holds an answer but `{kind.value}` chosen; choose `respond` to give that answer")
    match kind:
        case DecisionType.ACCEPT:
            if changed := _changed(form.fields, content):
                return Undecided(f"{changed} was changed but `accept` chosen; choose `edit` to go on with the change")
            return form.decision(kind, message=message)
        case DecisionType.EDIT:
            if form.fields.keys and form.fields.keys.isdisjoint(content):
                return Undecided("the form came back without the arguments, so that nothing is known of the change")
            return form.decision(kind, args=_args(form.fields, content), message=message)
        case DecisionType.REJECT:
            return form.decision(kind, message=message)
        case DecisionType.RESPOND:
            return form.decision(kind, message=message, value=_answer(form, content))


def strange_field(schema: JsonObject, content: Mapping[str, Json]) -> str | None:
    """Say which field came back that the form does not have: whoever filled it in meant something by it."""
    known = properties_of(schema)
    strange = next((name for name in content if name not in known), None)
    return None if strange is None else f'the form has no field "{brief(strange)}", only {", ".join(known)}'


def _wrote(form: Form, content: Mapping[str, Json], name: str) -> bool:
    """Whether somebody wrote an answer in this field: not where it is empty, or as it was filled in before."""
    given = content.get(name)
    if given is None or (isinstance(given, str) and not given.strip()):
        return False
    field = properties_of(form.schema).get(name)
    return not _alike(field.get("default", MISSING) if isinstance(field, dict) else MISSING, given)


def _text(content: Mapping[str, Json], key: str) -> str | None:
    given = content.get(key)
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str):
        raise _Unreadable(f"`{key}` is not text")
    return given


def _changed(fields: Fields, content: Mapping[str, Json]) -> str | None:
    """Return the first field that is not as it was shown; none where all are.

    Clients trim and convert what nobody touched, so small differences do not count.
    """
    for field in fields.single:
        given = content.get(field.key)
        unchanged = given is None or _alike(field.shown, given)
        if not unchanged:
            return f"`{field.key}`"
    given = content.get(ARGS_JSON)
    if fields.as_json and given is not None and not _alike_json(fields.args, given):
        return f"`{ARGS_JSON}`"
    return None


def _alike(shown: Json | Missing, given: Json) -> bool:
    if shown is MISSING:
        return given in _EMPTY
    if isinstance(shown, int | float) and isinstance(given, int | float):
        return shown == given
    return str(shown).split() == str(given).split()


def _alike_json(args: JsonObject, given: Json) -> bool:
    try:
        return isinstance(given, str) and same(args, json.loads(given))
    except (ValueError, RecursionError):
        return False


def _args(fields: Fields, content: Mapping[str, Json]) -> JsonObject:
    """Return all arguments: as shown, changed where a field was."""
    args = dict(fields.args)
    typed = _typed_args(fields, content)
    for field in fields.single:
        value = _given(field, content.get(field.key))
        if value is MISSING or (not isinstance(field.shown, Missing) and same(value, field.shown)):
            continue
        if typed is not None and _differs(typed, args, field.name) and not same(typed.get(field.name), value):
            raise _Unreadable(f"`{field.key}` and `{ARGS_JSON}` say different things")
        args[field.name] = value
        if typed is not None:
            typed[field.name] = value
    return args if typed is None else typed


def _typed_args(fields: Fields, content: Mapping[str, Json]) -> JsonObject | None:
    """Return the arguments as they were typed as JSON; none where they were not."""
    text = _text(content, ARGS_JSON) if fields.as_json else None
    if text is None:
        return None
    try:
        typed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"`{ARGS_JSON}` is not JSON: {error}") from error
    if not isinstance(typed, dict):
        raise _Unreadable(f"`{ARGS_JSON}` is not a JSON object")
    return typed


def _differs(typed: JsonObject, args: JsonObject, name: str) -> bool:
    return (name in typed) != (name in args) or not same(typed.get(name), args.get(name))


def _given(field: Field, given: Json) -> Json | Missing:
    """Return what the field holds; missing where it was left as it is."""
    if given is None or (field.shown is MISSING and given == ""):
        return MISSING
    match field.kind, given:
        case "boolean", bool():
            return given
        case (("integer" | "number"), bool()):
            pass
        case (("integer" | "number"), int() | float()) if given == field.shown:
            return MISSING
        case "integer", int():
            return given
        case "integer", float() if given.is_integer():
            return int(given)
        case "number", int() | float():
            return given
        case "string", str():
            return given
    raise _Unreadable(f"`{field.key}` must be of type {field.kind}")


def _answer(form: Form, content: Mapping[str, Json]) -> Json | Missing:
    """Return what was answered: picked or written; where both are filled in, that which somebody changed."""
    picked, written = _picked(form, content), _value(form, content)
    if isinstance(picked, Missing) or isinstance(written, Missing) or same(picked, written):
        return written if isinstance(picked, Missing) else picked
    changed = [name for name in (CHOICE, VALUE) if _wrote(form, content, name)]
    if len(changed) != 1:
        raise _Unreadable(f"`{CHOICE}` and `{VALUE}` say different things")
    return picked if changed == [CHOICE] else written


def _picked(form: Form, content: Mapping[str, Json]) -> Json | Missing:
    text = _text(content, CHOICE)
    if text is None:
        return MISSING
    picked = form.choices.picked(text)
    if picked is MISSING:
        raise _Unreadable(f"`{CHOICE}` is none of those that the form offers")
    return picked


def _value(form: Form, content: Mapping[str, Json]) -> Json | Missing:
    """Return what was written: a choice where it reads as one, JSON where it is some, else the text as it is."""
    text = _text(content, VALUE)
    if text is None:
        return MISSING
    if (picked := form.choices.picked(text)) is not MISSING:
        return picked
    schema = dialects.answer_schema(form.interrupt.question, form.request.index)
    wants_text = schema is not None and schema.get("type") == "string"
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        if not wants_text and text.lstrip()[:1] in ("{", "[", '"'):
            raise _Unreadable(f"`{VALUE}` begins as JSON and is none: {error}") from error
        return text
    return text if wants_text and not isinstance(value, str) else value
