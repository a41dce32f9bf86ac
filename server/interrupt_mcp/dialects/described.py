"""What the payload says besides actions and their arguments. It knows no channel that shows it."""

from interrupt_mcp.dialects.payload import same
from interrupt_mcp.model import Call, Dialect, Json, Question, Request

_SENSITIVE = {"action", "args", "description", "allowed"}
"""What `sensitive` says, all of which a request has as well."""


def described(question: Question, index: int) -> str:
    """Return the agent's own words about the request; those about the whole question where there are no others."""
    said = _entry(question, index)
    text = said.get("description") if isinstance(said, dict) else None
    return text if isinstance(text, str) and text.strip() else question.description


def says_more(question: Question) -> bool:
    """Whether a person must see the payload itself to know what is asked."""
    match question.dialect, question.value:
        case _, str() | None:
            return False
        case Dialect.TOOL_CALL, dict(value):
            return not value.keys() <= _SENSITIVE
        case dialect, _:
            return dialect in (Dialect.FREEFORM, Dialect.TOOL_CALL)


def asked_inside(question: Question, request: Request) -> Call | None:
    """Return the tool call that goes on with the answer, where the request says something else than that call."""
    call = question.inside
    if call is None:
        return None
    if request.action == call.name and (same(request.args, call.complete) or same(request.args, call.args)):
        return None
    return call


def asked_by_node(question: Question, request: Request) -> bool:
    """Whether a node of the graph asked, rather than a tool or a function."""
    return request.call is None and question.dialect not in (Dialect.TOOL_CALL, Dialect.MIDDLEWARE)


def _entry(question: Question, index: int) -> Json:
    value = question.value
    if question.dialect is Dialect.MIDDLEWARE and isinstance(value, dict):
        value = value.get("action_requests", value)
    return value[index] if isinstance(value, list) and index < len(value) else value
