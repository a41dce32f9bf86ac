"""The fields of a decision: which go with which type, and what a `respond` says. It knows no shape.

A `message` is kept with any type, because people give reasons; only `reject` and `respond` hand it to the agent.
"""

from collections.abc import Sequence
from typing import assert_never

from interrupt_mcp.dialects.payload import brief, text_of, unkeepable
from interrupt_mcp.dialects.schemas import complaints
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.model import MISSING, Decision, DecisionType, Json, JsonObject, Request

MAX_FAULTS = 8


def label(request: Request) -> str:
    """Return how messages name the request."""
    return f"request {request.index} ({brief(request.action, 60)})"


def listed(faults: Sequence[object]) -> str:
    """Return the first faults as one text, and how many more there are."""
    more = f"; and {len(faults) - MAX_FAULTS} more" if len(faults) > MAX_FAULTS else ""
    return "; ".join(str(fault) for fault in faults[:MAX_FAULTS]) + more


def check_fields(request: Request, decision: Decision) -> None:
    """Refuse a decision without a field that its type needs, with one that it does not take, or what cannot be kept.

    Raises:
        InvalidDecision: it is one.
    """
    for complaint in (_misplaced(decision), *_unsound(decision)):
        if complaint is not None:
            raise InvalidDecision(f"{label(request)}: {complaint}")


def _misplaced(decision: Decision) -> str | None:
    has_args, has_value = decision.args is not None, decision.value is not MISSING
    match decision.type:
        case DecisionType.ACCEPT | DecisionType.REJECT if has_args:
            return f"{decision.type} takes no args; change them with edit"
        case DecisionType.ACCEPT | DecisionType.REJECT | DecisionType.EDIT if has_value:
            return f"{decision.type} takes no value; give one with respond"
        case DecisionType.EDIT:
            return None if has_args else "edit needs args, with every argument the agent gave"
        case DecisionType.RESPOND if has_args:
            return "respond takes no args; change them with edit"
        case DecisionType.RESPOND if has_value and decision.message is not None:
            return "respond takes value or message, not both"
        case DecisionType.RESPOND:
            return None if has_value or decision.message is not None else "respond needs a value or a message"
        case DecisionType.ACCEPT | DecisionType.REJECT:
            return None
        case _ as never:
            assert_never(never)


def _unsound(decision: Decision) -> tuple[str | None, ...]:
    def complaint(name: str, value: object, kind: type) -> str | None:
        if not isinstance(value, kind):
            return f"{name} must be {'text' if kind is str else 'an object'}, not {type(value).__name__}"
        reason = unkeepable(value)
        return f"{name} cannot be kept: {reason}" if reason else None

    return (
        None if decision.args is None else complaint("args", decision.args, dict),
        None if decision.message is None else complaint("message", decision.message, str),
        None if decision.value is MISSING else complaint("value", decision.value, object),
    )


def answer(decision: Decision) -> Json:
    """Return what a `respond` answers: its value, or else its message as text."""
    return decision.message if decision.value is MISSING else decision.value


def rejection(decision: Decision) -> JsonObject:
    """Return a rejection as tools and LangChain's middleware read it, with the person's words where there are some."""
    return {"type": "reject"} if decision.message is None else {"type": "reject", "message": decision.message}


def answer_text(decision: Decision) -> str:
    """Return what a `respond` answers, as text."""
    return text_of(answer(decision))


def check_answer(request: Request, value: Json, schema: JsonObject) -> None:
    """Refuse an answer that the schema does not allow.

    Raises:
        InvalidDecision: it is one.
    """
    found = complaints(schema, value)
    if found:
        raise InvalidDecision(f"{label(request)}: the answer does not fit: {listed(found)}")
