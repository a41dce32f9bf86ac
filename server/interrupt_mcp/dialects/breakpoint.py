"""A static `interrupt_before` or `interrupt_after`: the run waits before some nodes and asks nothing.

It does not know which of the two it was, because LangGraph does not say.
"""

from collections.abc import Mapping

from interrupt_mcp.dialects.instructions import Instruction, as_called, dropped
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.model import Ask, Decision, DecisionType, Dialect, Json, Question, Request


def read(ask: Ask) -> Question | None:
    """See `Shape`."""
    if not ask.breakpoint_nodes:
        return None
    nodes = ", ".join(ask.breakpoint_nodes)
    request = Request(0, f"continue with {nodes}", {}, (DecisionType.ACCEPT, DecisionType.REJECT), call=ask.call)
    return Question(Dialect.BREAKPOINT, f"Paused before {nodes}.", (request,), ask.value, ask.response_schema)


def check(_question: Question, _request: Request, _decision: Decision) -> None:
    """See `Shape`. There is nothing beyond what holds for all."""


def write(_question: Question, _decisions: Mapping[int, Decision]) -> Json:
    """See `Shape`. Nobody reads it: accept goes on without a value, reject cancels the run."""
    return None


def instruction(_question: Question, request: Request, decision: Decision) -> Instruction:
    """See `Shape`."""
    return dropped(decision) if decision.type is DecisionType.REJECT else as_called(request)


def outcome(_question: Question, _request: Request, kind: DecisionType) -> Outcome:
    """See `Shape`."""
    return Outcome.MADE if kind is DecisionType.ACCEPT else Outcome.NOT_MADE


def leads_on(_question: Question, _request: Request, kind: DecisionType) -> bool:
    """See `Shape`."""
    return kind is not DecisionType.REJECT
