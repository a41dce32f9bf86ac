"""Any other question: the answer is a value of the person's own, which must fit the schema where the graph has one.

A schema may say what the other types stand for: a yes, a no, a default, an object to fill in. Inside a tool, whose
question no schema describes, a rejected call is not made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp.dialects.answers import answer, check_answer, rejection
from interrupt_mcp.dialects.instructions import Instruction, as_called, dropped
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import describe, fault
from interrupt_mcp.dialects.schemas import complaints, resolve
from interrupt_mcp.dialects.shape import in_order
from interrupt_mcp.model import (
    MISSING,
    Ask,
    Decision,
    DecisionType,
    Dialect,
    Json,
    JsonObject,
    Missing,
    Question,
    Request,
)

_YES = frozenset(("accept", "accepted", "allow", "approve", "approved", "confirm", "ok", "y", "yes"))
_NO = frozenset(("decline", "declined", "denied", "deny", "disallow", "n", "no", "refuse", "reject", "rejected"))


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the response schema lets the types other than `respond` stand for."""

    accepted: Json | Missing = MISSING
    """What an `accept` answers."""
    rejected: Json | Missing = MISSING
    """What a `reject` answers."""
    filled_in: bool = False
    """Whether the answer is an object, which `edit` fills in."""


def read(ask: Ask) -> Question:
    """Read any question: it is answered with a value."""
    terms = _terms(ask.response_schema)
    kinds = {DecisionType.RESPOND}
    if terms.accepted is not MISSING:
        kinds.add(DecisionType.ACCEPT)
    if terms.filled_in:
        kinds.add(DecisionType.EDIT)
    if terms.rejected is not MISSING or ask.call is not None:
        kinds.add(DecisionType.REJECT)
    request = Request(
        index=0,
        action=ask.call.name if ask.call else "answer",
        args=_args(ask, terms),
        allowed=in_order(kinds),
        args_schema=ask.response_schema if terms.filled_in else None,
        call=ask.call,
    )
    reason = fault(ask.value)
    description = describe(ask.value) if reason is None else f"A question that cannot be shown, {reason}."
    return Question(Dialect.FREEFORM, description, (request,), ask.value, ask.response_schema)


def _args(ask: Ask, terms: _Terms) -> JsonObject:
    """Return what can be edited: the default of an object to fill in; else what the tool that asks was called with."""
    if terms.filled_in:
        return terms.accepted if isinstance(terms.accepted, dict) else {}
    return ask.call.complete if ask.call else {}


def _terms(schema: JsonObject | None) -> _Terms:
    if not isinstance(schema, dict) or fault(schema) is not None:
        return _Terms()
    top = resolve(schema, schema)
    yes_and_no = _yes_and_no(top)
    if yes_and_no is not None:
        return _Terms(*yes_and_no)
    default: Json | Missing = schema.get("default", top.get("default", MISSING))
    if default is not MISSING and complaints(schema, default):
        default = MISSING
    return _Terms(default, filled_in=top.get("type") == "object" or ("type" not in top and "properties" in top))


def _yes_and_no(top: JsonObject) -> tuple[Json, Json] | None:
    """Return the first value that says yes and the first that says no, where the schema has both."""
    values = top.get("enum", [True, False] if top.get("type") == "boolean" else [])
    if not isinstance(values, list):
        return None
    yes = next((value for value in values if value is True or _word(value) in _YES), MISSING)
    no = next((value for value in values if value is False or _word(value) in _NO), MISSING)
    return None if yes is MISSING or no is MISSING else (yes, no)


def _word(value: Json) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def check(question: Question, request: Request, decision: Decision) -> None:
    """Refuse an answer that the graph's schema does not allow."""
    if decision.type in (DecisionType.RESPOND, DecisionType.EDIT) and question.response_schema is not None:
        check_answer(request, _given(decision), question.response_schema)


def _given(decision: Decision) -> Json:
    return decision.args if decision.type is DecisionType.EDIT else answer(decision)


def write(question: Question, decisions: Mapping[int, Decision]) -> Json:
    """Write the person's value, or what the schema lets an accept or a reject stand for."""
    (request,) = question.requests
    decision, terms = decisions[request.index], _terms(question.response_schema)
    if decision.type is DecisionType.ACCEPT and terms.accepted is not MISSING:
        return terms.accepted
    if decision.type is DecisionType.REJECT:
        if terms.rejected is not MISSING:
            return terms.rejected
        return rejection(decision)
    return _given(decision)


def instruction(question: Question, request: Request, decision: Decision) -> Instruction:
    """Drop a rejected call, unless the schema has a no, which is an answer like any other."""
    if decision.type is DecisionType.REJECT and _terms(question.response_schema).rejected is MISSING:
        return dropped(decision)
    return as_called(request)


def stands_for(question: Question, kind: DecisionType) -> Json | Missing:
    """Return what an accept or a reject answers where the question's schema says so; missing where it does not."""
    if question.dialect is not Dialect.FREEFORM or kind not in (DecisionType.ACCEPT, DecisionType.REJECT):
        return MISSING
    terms = _terms(question.response_schema)
    return terms.accepted if kind is DecisionType.ACCEPT else terms.rejected


def outcome(question: Question, _request: Request, kind: DecisionType) -> Outcome:
    """Return that whoever asks hears the answer; a rejected call that has no word for it stops."""
    unheard = kind is DecisionType.REJECT and stands_for(question, kind) is MISSING
    return Outcome.STOPS if unheard else Outcome.HEARD


def leads_on(_question: Question, _request: Request, _kind: DecisionType) -> bool:
    """Whether code goes on with the decision: it always does.

    What a no means is the graph's: of "Keep the backup?" it is that it goes.
    """
    return True
