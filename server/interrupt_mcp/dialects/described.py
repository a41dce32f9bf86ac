"""What the payload says besides actions and their arguments. It knows no channel that shows it."""

from dataclasses import dataclass

from interrupt_mcp.dialects.asked_together import entries_of
from interrupt_mcp.dialects.payload import fault, same
from interrupt_mcp.model import Call, Dialect, Json, Question, Request

_SENSITIVE = {"action", "args", "description", "allowed"}
"""What `sensitive` says, all of which a request has as well."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words about a request, and whose they are."""

    text: str
    by_agent: bool
    """Whether they are the agent's own; else they are ours."""


def words_about(question: Question, index: int) -> Said:
    """Return what is said about the request; what is said about the whole question where there is nothing else.

    The text is empty where nobody says more than the action and its arguments.
    """
    if question.dialect is Dialect.BREAKPOINT or fault(question.value) is not None:
        return Said(question.description, by_agent=False)
    said = _entry(question, index)
    text = said.get("description") if isinstance(said, dict) else None
    if question.by_gate or (isinstance(text, str) and text.strip()):
        return Said(text if isinstance(text, str) else "", by_agent=not question.by_gate)
    # Where such a question says nothing of its own, its description is made of the actions and their arguments.
    silent = question.dialect in (Dialect.MIDDLEWARE, Dialect.AGENT_INBOX)
    return Said("" if silent else question.description, by_agent=True)


def says_more(question: Question, request: Request) -> bool:
    """Whether a person must see the payload itself to know what is asked; at a breakpoint, the state."""
    match question.dialect, question.value:
        case Dialect.BREAKPOINT, value:
            return value is not None and request.call is None
        case _, str() | None:
            return False
        case Dialect.TOOL_CALL, dict(value):
            return entries_of(question) is None and not value.keys() <= _SENSITIVE
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
    if (entries := entries_of(question)) is not None:
        value = entries
    elif question.dialect is Dialect.MIDDLEWARE and isinstance(value, dict):
        value = value.get("action_requests", value)
    return value[index] if isinstance(value, list) and index < len(value) else value
