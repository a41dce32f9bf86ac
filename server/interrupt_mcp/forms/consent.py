"""Consent as a form: something other than a decision that would stand in for one, and that a person must agree to."""

from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp import dialects
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.forms.filled import Undecided, strange_field
from interrupt_mcp.forms.text import Sheet
from interrupt_mcp.model import DecisionType, Json, JsonObject
from interrupt_mcp.text.visible import visible, visible_json

_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "decision": {
            "type": "string",
            "title": "Decision",
            "enum": [DecisionType.ACCEPT.value, DecisionType.REJECT.value],
        }
    },
    "required": ["decision"],
}


@dataclass(frozen=True, slots=True)
class Consent:
    """A form that asks a person to agree, and decides no request."""

    message: str
    """What stands above its one field: what would be done, and why it needs the person."""

    @property
    def schema(self) -> JsonObject:
        """The JSON Schema of their yes or no."""
        return _SCHEMA


def consent_to_rewind(
    agent: str, thread_id: str, checkpoint_id: str, values: JsonObject | None, why: str
) -> Consent | None:
    """Return the form about going back to a checkpoint; none where the edited state is too large to be read in one.

    `values` is what would be merged into the state, `why` the reason that it needs a person.
    """
    sheet = Sheet()
    if not sheet.holds(values):
        return None
    names = {"agent": agent, "thread": thread_id, "checkpoint": checkpoint_id}
    parts = [
        ["A client wants to go back on a thread, in a way that could stand in for a decision of yours."],
        sheet.quoted(f"{name + ':':<12}{visible(text)}" for name, text in names.items()),
        ["Why it needs you:"],
        sheet.quoted([visible(why)]),
        ["The state would first be changed by this:"] if values is not None else [],
        sheet.quoted(visible_json(values)) if values is not None else [],
        ["- accept: go back, and on from there", "- reject: leave the thread as it is"],
    ]
    return Consent("\n\n".join("\n".join(part) for part in parts if part))


def refusal_in(content: Mapping[str, Json] | None) -> Undecided | None:
    """Return why what was filled in is no consent; none where it is one."""
    if strange := strange_field(_SCHEMA, content or {}):
        return Undecided(strange)
    word = (content or {}).get("decision")
    try:
        kind = dialects.parse_type(word) if isinstance(word, str) and word else None
    except InvalidDecision as error:
        return Undecided(str(error))
    if kind is None:
        return Undecided("the form came back without a decision")
    return None if kind is DecisionType.ACCEPT else Undecided("the person rejected it")
