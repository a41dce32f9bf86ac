"""The shapes in which graphs ask people, and the shapes in which they want to be answered: one file a shape.

Only here are LangChain's and LangGraph's words for decisions known. A question carries its payload, so all that is
done with it later needs nothing but the question itself. Nothing here knows LangGraph, the store or a channel.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from interrupt_mcp.dialects import agent_inbox, breakpoint, elicitation, freeform, middleware, tool_call
from interrupt_mcp.dialects.answers import check_fields, label
from interrupt_mcp.dialects.choices import choices_in
from interrupt_mcp.dialects.described import Said, asked_by_node, asked_inside, says_more, words_about
from interrupt_mcp.dialects.freeform import stands_for
from interrupt_mcp.dialects.instructions import AnswerCall, DropCall, Instruction, MakeCall
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import fault
from interrupt_mcp.dialects.shape import Shape
from interrupt_mcp.dialects.words import parse_type
from interrupt_mcp.errors import InvalidDecision, NotAllowed
from interrupt_mcp.model import Ask, Decision, DecisionType, Dialect, Json, JsonObject, Question, Request

__all__ = [
    "AnswerCall",
    "DropCall",
    "Instruction",
    "MakeCall",
    "Outcome",
    "Said",
    "answer_schema",
    "asked_by_node",
    "asked_inside",
    "check_one",
    "choices_in",
    "instruction",
    "leads_on",
    "outcome",
    "parse_type",
    "read",
    "says_more",
    "stands_for",
    "words_about",
    "write",
]


def read(ask: Ask) -> Question:
    """Return what the interrupt asks. Never raises: what almost has a shape has another, in the end `freeform`."""
    return replace(
        _read(ask), inside=ask.call and replace(ask.call, args_schema=None), ours=ask.ours, by_gate=ask.by_gate
    )


def _read(ask: Ask) -> Question:
    if breakpoint_question := breakpoint.read(ask):
        return breakpoint_question
    if fault(ask.value) is not None:
        return freeform.read(ask)
    shapes: tuple[Shape, ...] = (middleware, agent_inbox, elicitation, tool_call)
    questions = (shape.read(ask) for shape in shapes)
    return next((question for question in questions if question is not None), None) or freeform.read(ask)


def check_one(question: Question, decision: Decision) -> None:
    """Refuse a decision that the graph cannot take for its request.

    Raises:
        InvalidDecision: there is no such request, or its fields are not as they must be.
        NotAllowed: the request cannot be decided so.
    """
    request, decision = _request(question, decision), replace(decision, type=parse_type(decision.type))
    if decision.type not in request.allowed:
        raise NotAllowed(f"{label(request)} cannot be decided with {decision.type}, only {', '.join(request.allowed)}")
    check_fields(request, decision)
    _shape(question.dialect).check(question, request, decision)


def write(question: Question, decisions: Mapping[int, Decision]) -> Json:
    """Return the value to resume with, from checked decisions, one for every request.

    Raises:
        InvalidDecision: a request has none.
    """
    undecided = [label(request) for request in question.requests if request.index not in decisions]
    if undecided:
        raise InvalidDecision(f"no decision yet for {', '.join(undecided)}")
    return _shape(question.dialect).write(question, decisions)


def instruction(question: Question, decision: Decision) -> Instruction:
    """Return what the gate next to the tool must do with the call that the decision's request is about."""
    return _shape(question.dialect).instruction(question, _request(question, decision), decision)


def outcome(question: Question, request: Request, kind: DecisionType) -> Outcome:
    """Return what becomes of the action where that request is decided so."""
    return _shape(question.dialect).outcome(question, request, kind)


def leads_on(question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether code of the agent's goes on with such a decision, rather than the model alone, and so may act on it."""
    if kind in (DecisionType.ACCEPT, DecisionType.EDIT):
        return True
    return _shape(question.dialect).leads_on(question, request, kind)


def answer_schema(question: Question, index: int = 0) -> JsonObject | None:
    """Return the schema which the value of a `respond` to that request must satisfy, where there is one."""
    request = question.request(index)
    if request is not None and question.dialect is Dialect.ELICITATION:
        return elicitation.schema_of(question, request)
    return question.response_schema if question.dialect is Dialect.FREEFORM else None


def _request(question: Question, decision: Decision) -> Request:
    request = question.request(decision.index)
    if request is None:
        indices = ", ".join(str(r.index) for r in question.requests)
        raise InvalidDecision(f"there is no request with index {decision.index}, only {indices}")
    return request


def _shape(dialect: Dialect) -> Shape:
    match dialect:
        case Dialect.MIDDLEWARE:
            return middleware
        case Dialect.AGENT_INBOX:
            return agent_inbox
        case Dialect.TOOL_CALL:
            return tool_call
        case Dialect.ELICITATION:
            return elicitation
        case Dialect.BREAKPOINT:
            return breakpoint
        case Dialect.FREEFORM:
            return freeform
        case _ as never:
            assert_never(never)
