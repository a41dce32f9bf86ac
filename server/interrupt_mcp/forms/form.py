"""One request as a form: what a person is told, and the flat JSON schema of what can be filled in."""

from dataclasses import dataclass

from interrupt_mcp.forms.fields import Fields, fields_of
from interrupt_mcp.forms.text import Sheet, Text, readable, subject
from interrupt_mcp.model import MISSING, Decision, DecisionType, Dialect, Interrupt, Json, JsonObject, Request
from interrupt_mcp.visible import escaped_json, plain

_NEEDS_READING = (DecisionType.ACCEPT, DecisionType.EDIT)


@dataclass(frozen=True, slots=True)
class Form:
    """A form, and what it was made from: filled in, it can only decide that."""

    interrupt: Interrupt
    request: Request
    options: tuple[DecisionType, ...]
    message: str
    schema: JsonObject
    fields: Fields

    @property
    def key(self) -> str:
        """Names the request among all of the store."""
        return key_of(self.interrupt, self.request)


def key_of(interrupt: Interrupt, request: Request) -> str:
    several = len(interrupt.question.requests) > 1
    return f"{interrupt.interrupt_id}:{request.index}" if several else interrupt.interrupt_id


def form_of(
    interrupt: Interrupt,
    request: Request,
    elsewhere: str,
    proposal: Decision | None = None,
    sheet: Sheet = Sheet(),  # noqa: B008  frozen
) -> Form | None:
    """The form; none where nothing that may be decided could be decided in one.

    `elsewhere` is a sentence that says where it can be decided too. `proposal` is what a client would decide: it is
    shown, and filled in for `edit`.
    """
    options = request.allowed
    if not sheet.holds(*subject(interrupt, request)):
        options = tuple(option for option in options if option not in _NEEDS_READING)
    if not options:
        return None
    filled_in = proposal if proposal is not None and readable(proposal, sheet) else None
    args = request.args if filled_in is None or filled_in.args is None else filled_in.args
    fields = Fields(args, (), as_json=False)
    if DecisionType.EDIT in options:
        fields = fields_of(request, args, fill_in=interrupt.question.dialect is Dialect.FREEFORM)
    return Form(
        interrupt=interrupt,
        request=request,
        options=options,
        message=str(Text(interrupt, request, options, proposal, elsewhere, sheet)),
        schema=_schema(options, fields, filled_in),
        fields=fields,
    )


def _schema(options: tuple[DecisionType, ...], fields: Fields, proposal: Decision | None) -> JsonObject:
    words: list[Json] = [option.value for option in options]
    decision: JsonObject = {"type": "string", "title": "Decision", "enum": words}
    properties: JsonObject = {"decision": decision, **fields.schema}
    if DecisionType.RESPOND in options:
        properties["value_json"] = _value(proposal)
    properties["message"] = _message(proposal)
    return {"type": "object", "properties": properties, "required": ["decision"]}


def _value(proposal: Decision | None) -> JsonObject:
    field: JsonObject = {"type": "string", "title": "Answer", "description": "For respond: text, or any JSON."}
    if proposal is not None and proposal.value is not MISSING:
        field["default"] = escaped_json(proposal.value)
    return field


def _message(proposal: Decision | None) -> JsonObject:
    field: JsonObject = {"type": "string", "title": "Message", "description": "For reject and respond: words."}
    if proposal is not None and proposal.message is not None and plain(proposal.message):
        field["default"] = proposal.message
    return field
