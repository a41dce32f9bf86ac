"""One request as a form: what a person is told, and the flat JSON schema of what can be filled in."""

from dataclasses import dataclass
from typing import NewType

from interrupt_mcp.forms.choices import CHOICE, Choices, choices_of
from interrupt_mcp.forms.fields import Fields, fields_of
from interrupt_mcp.forms.meaning import cancels, goes_on, leads_to_it
from interrupt_mcp.forms.text import Sheet, Text, can_be_read, readable
from interrupt_mcp.model import MISSING, Decision, DecisionType, Dialect, Interrupt, Json, JsonObject, Missing, Request
from interrupt_mcp.text.visible import escaped_json, is_visible

VALUE = "value_json"
"""The field for the answer of `respond`."""
FormKey = NewType("FormKey", str)
"""Names the request that a form is about, among all of the store: `INTERRUPT_ID`, or `INTERRUPT_ID:INDEX`."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form, and what it was made from: filled in, it can only decide that."""

    interrupt: Interrupt
    request: Request
    options: tuple[DecisionType, ...]
    """What can be chosen in it: of what is allowed, all for which a person can read enough there."""
    text: Text
    """What stands above the fields: the whole text about the request."""
    schema: JsonObject
    """The JSON Schema, flat, of what is filled in."""
    fields: Fields
    """Those for the arguments; none where `edit` cannot be chosen."""
    choices: Choices
    """What can be picked as an answer; nothing where `respond` cannot be chosen."""

    @property
    def message(self) -> str:
        """The text as lines, for a window that shows nothing else."""
        return str(self.text)

    @property
    def key(self) -> FormKey:
        """The key of the request that it is about."""
        return key_of(self.interrupt, self.request)

    def decision(
        self,
        kind: DecisionType,
        *,
        args: JsonObject | None = None,
        message: str | None = None,
        value: Json | Missing = MISSING,
    ) -> Decision:
        """Return the decision on just what the form showed."""
        return Decision(kind, self.request.index, args, message, value, self.interrupt.digest)


def key_of(interrupt: Interrupt, request: Request) -> FormKey:
    """Return the key of a form about the request."""
    several = len(interrupt.question.requests) > 1
    return FormKey(f"{interrupt.interrupt_id}:{request.index}" if several else interrupt.interrupt_id)


def form_of(
    interrupt: Interrupt,
    request: Request,
    elsewhere: str,
    proposal: Decision | None = None,
    sheet: Sheet = Sheet(),  # noqa: B008  frozen
) -> Form | None:
    """Return the form about the request; none where nothing that may be decided could be decided in one.

    `elsewhere` is a sentence that says where it can be decided too. `proposal` is what a client would decide: it is
    shown, and filled in for `edit`. `sheet` is how much can be read where the form is shown.
    """
    options = request.allowed
    if not can_be_read(interrupt, request, sheet):
        options = tuple(option for option in options if not leads_to_it(interrupt, request, option))
    if not options:
        return None
    filled_in = proposal if proposal is not None and readable(proposal, sheet) else None
    args = request.args if filled_in is None or filled_in.args is None else filled_in.args
    fields = Fields(args, (), as_json=False)
    if DecisionType.EDIT in options:
        fields = fields_of(request, args, fill_in=interrupt.question.dialect is Dialect.FREEFORM, rich=sheet.rich)
    choices = choices_of(interrupt) if DecisionType.RESPOND in options else Choices()
    return Form(
        interrupt=interrupt,
        request=request,
        options=options,
        text=Text(interrupt, request, options, proposal, elsewhere, sheet),
        schema=_schema(options, fields, choices, filled_in, _words(interrupt, request)),
        fields=fields,
        choices=choices,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What the fields for words say of themselves."""

    value: str
    message: str


def _words(interrupt: Interrupt, request: Request) -> _Words:
    heard = " Whoever asks goes on with it, also with a no." if goes_on(interrupt, request) else ""
    message = "Words for the record." if cancels(interrupt, request) else "For reject and respond: words."
    return _Words(f"For respond: text, or any JSON.{heard}", message)


def _schema(
    options: tuple[DecisionType, ...], fields: Fields, choices: Choices, proposal: Decision | None, words: _Words
) -> JsonObject:
    kinds: list[Json] = [option.value for option in options]
    decision: JsonObject = {"type": "string", "title": "Decision", "enum": kinds}
    properties: JsonObject = {"decision": decision, **fields.schema}
    if DecisionType.RESPOND in options:
        proposed = MISSING if proposal is None else proposal.value
        if choices.by_text:
            properties[CHOICE] = choices.schema(proposed)
        properties[VALUE] = _value(MISSING if choices.text_of(proposed) is not None else proposed, words.value)
    properties["message"] = _message(proposal, words.message)
    return {"type": "object", "properties": properties, "required": ["decision"]}


def _value(proposed: Json | Missing, said: str) -> JsonObject:
    field: JsonObject = {"type": "string", "title": "Answer", "description": said}
    if proposed is not MISSING:
        field["default"] = escaped_json(proposed)
    return field


def _message(proposal: Decision | None, said: str) -> JsonObject:
    field: JsonObject = {"type": "string", "title": "Message", "description": said}
    if proposal is not None and proposal.message is not None and is_visible(proposal.message):
        field["default"] = proposal.message
    return field
