"""LangGraph's HumanInterrupt, as Agent Inbox shows it: a list of them, or a bare one, answered in the same form.

It knows Agent Inbox's words. Whether the graph or a tool does what the answer says is theirs: edits are put in by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from interrupt_mcp.dialects import matching
from interrupt_mcp.dialects.answers import answer, label
from interrupt_mcp.dialects.arguments import check_args
from interrupt_mcp.dialects.instructions import Instruction, as_called, dropped
from interrupt_mcp.dialects.outcome import Outcome
from interrupt_mcp.dialects.payload import named_object, text_of
from interrupt_mcp.dialects.shape import in_order
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.model import Ask, Decision, DecisionType, Dialect, Json, JsonObject, Question, Request


@dataclass(frozen=True, slots=True)
class _HumanInterrupt:
    """One HumanInterrupt: what it asks about, and how it may be answered."""

    action: str
    args: JsonObject
    description: str
    accept: bool
    edit: bool
    respond: bool
    ignore: bool

    @property
    def allowed(self) -> tuple[DecisionType, ...]:
        """What the person may decide."""
        flags = {
            DecisionType.ACCEPT: self.accept,
            DecisionType.EDIT: self.edit,
            DecisionType.REJECT: self.ignore or self.respond,
            DecisionType.RESPOND: self.respond,
        }
        return in_order(kind for kind, flag in flags.items() if flag)


def read(ask: Ask) -> Question | None:
    """Read a HumanInterrupt, or a list of them, into a question with a request for each."""
    interrupts = _interrupts(ask.value)
    if not interrupts:
        return None
    known = matching.known(ask)
    requests = tuple(
        Request(index, each.action, each.args, each.allowed, matching.schema_of(known, each.action), ask.call)
        for index, each in enumerate(interrupts)
    )
    description = "\n\n".join(each.description for each in interrupts)
    return Question(Dialect.AGENT_INBOX, description, requests, ask.value, ask.response_schema)


def _interrupts(value: Json) -> tuple[_HumanInterrupt, ...]:
    """Return the interrupts in their order; none where any of them is not a HumanInterrupt that can be answered."""
    found = [_interrupt(entry) for entry in (value if isinstance(value, list) else [value])]
    interrupts = tuple(each for each in found if each is not None and each.allowed)
    return interrupts if len(interrupts) == len(found) else ()


def _interrupt(entry: Json) -> _HumanInterrupt | None:
    if not isinstance(entry, dict):
        return None
    action, config = named_object(entry.get("action_request"), "action"), entry.get("config")
    if action is None or not isinstance(config, dict):
        return None
    text = entry.get("description")
    described = text if isinstance(text, str) and text.strip() else f"{action[0]} {text_of(action[1])}"
    accept, edit, respond, ignore = (
        config.get(name) is True for name in ("allow_accept", "allow_edit", "allow_respond", "allow_ignore")
    )
    return _HumanInterrupt(*action, described, accept, edit, respond, ignore)


def check(question: Question, request: Request, decision: Decision) -> None:
    """Refuse wrong arguments, and a reject without a message where the message is all that the graph gets."""
    if decision.type is DecisionType.EDIT and decision.args is not None:
        check_args(request, decision.args)
    silent = decision.message is None or not decision.message.strip()
    if decision.type is DecisionType.REJECT and silent and not _ignorable(question, request):
        raise InvalidDecision(f"{label(request)}: reject needs a message here, it is all that the graph gets")


def _ignorable(question: Question, request: Request) -> bool:
    return _interrupts(question.value)[request.index].ignore


def write(question: Question, decisions: Mapping[int, Decision]) -> Json:
    """Write a HumanResponse for each; a list where a list was asked."""
    written: list[Json] = [_written(question, request, decisions[request.index]) for request in question.requests]
    return written if isinstance(question.value, list) else written[0]


def _written(question: Question, request: Request, decision: Decision) -> JsonObject:
    match decision.type:
        case DecisionType.ACCEPT:
            return {"type": "accept", "args": None}
        case DecisionType.EDIT:
            return {"type": "edit", "args": {"action": request.action, "args": decision.args}}
        case DecisionType.RESPOND:
            return {"type": "response", "args": answer(decision)}
        case DecisionType.REJECT if _ignorable(question, request):
            return {"type": "ignore", "args": None}
        case DecisionType.REJECT:
            return {"type": "response", "args": decision.message}
        case _ as never:
            assert_never(never)


def instruction(question: Question, request: Request, decision: Decision) -> Instruction:
    """Drop a call that is rejected inside its tool, so that the model gets the words, which `ignore` leaves out.

    A tool that asks about several things runs on, because no one of the answers is about its call.
    """
    return dropped(decision) if _alone(question) and decision.type is DecisionType.REJECT else as_called(request)


def _alone(question: Question) -> bool:
    return len(question.requests) == 1


def leads_on(question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether code goes on with the decision: not with a reject that drops the call, if `ignore` is allowed."""
    call = question.inside
    dropped_for_model = call is not None and not call.inner and _alone(question) and _ignorable(question, request)
    return kind is not DecisionType.REJECT or not dropped_for_model


def outcome(question: Question, _request: Request, kind: DecisionType) -> Outcome:
    """Return what becomes of the action: whoever asks acts on the answer, but a tool that is told no stops."""
    if question.inside is None or not _alone(question):
        return Outcome.HEARD
    match kind:
        case DecisionType.REJECT:
            return Outcome.STOPS
        case DecisionType.ACCEPT:
            return Outcome.RUNS_ON
        case _:
            return Outcome.HEARD
