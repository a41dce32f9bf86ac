"""A static `interrupt_before` or `interrupt_after`: the run waits before some nodes and asks nothing.

It does not know which of the two it was, because LangGraph does not say.
"""

from collections.abc import Mapping

from interrupt_mcp.dialects.instructions import Instruction, as_called, dropped
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.model import Ask, Decision, DecisionType, Dialect, Json, Question, Request


def read(ask: Ask) -> Question | None:
    """Read a pause at a breakpoint into a question that is accepted or rejected."""
    if not ask.breakpoint_nodes:
        return None
    nodes = ", ".join(ask.breakpoint_nodes)
    request = Request(0, f"continue with {nodes}", {}, (DecisionType.ACCEPT, DecisionType.REJECT), call=ask.call)
    return Question(Dialect.BREAKPOINT, f"Paused before {nodes}.", (request,), ask.value, ask.response_schema)


def check(_question: Question, _request: Request, _decision: Decision) -> None:
    """Refuse nothing beyond what no shape takes."""


def write(_question: Question, _decisions: Mapping[int, Decision]) -> Json:
    """Write nothing: accept goes on without a value, and reject cancels the run."""
    return None


def instruction(_question: Question, request: Request, decision: Decision) -> Instruction:
    """Let the call that comes next go on, or drop it."""
    return dropped(decision) if decision.type is DecisionType.REJECT else as_called(request)


def outcome(_question: Question, _request: Request, kind: DecisionType) -> Outcome:
    """Return whether what comes next is done."""
    return Outcome.MADE if kind is DecisionType.ACCEPT else Outcome.NOT_MADE


def leads_on(_question: Question, _request: Request, kind: DecisionType) -> bool:
    """Whether the run goes on."""
    return kind is not DecisionType.REJECT
