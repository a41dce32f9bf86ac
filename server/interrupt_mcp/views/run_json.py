"""Nouns as JSON, the same through every door: a tool's result, or what the command line prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from interrupt_mcp import dialects
from interrupt_mcp.model import MISSING, Approver, Decision, DecisionType, Interrupt, Proof, Run, request_body
from interrupt_mcp.model.previews import preview_body
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.text.visible import printable
from interrupt_mcp.views.next_step import next_step
from interrupt_mcp.views.ways_to_decide import Ways

if TYPE_CHECKING:
    from interrupt_mcp.agents import AgentCard


def card_body(card: "AgentCard", warnings: Sequence[str] = ()) -> dict[str, Any]:
    """Return an agent as it is offered, with what its operator should know."""
    body: dict[str, Any] = {
        "name": card.name,
        "description": card.description,
        "input_schema": card.input_schema,
        "example": card.example,
    }
    if card.note:
        body["note"] = card.note
    if card.context_schema is not None:
        body["context_schema"] = card.context_schema
    if warnings:
        body["warnings"] = list(warnings)
    return body if card.error is None else {**body, "error": card.error}


def run_body(
    run: Run,
    approver: Approver,
    ways: Ways,
    doing: str = "",
    remark: str = "",
    *,
    shows_forms: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """Return a run with its open interrupts. The arguments are those of `run_summary`."""
    body = run_summary(run, approver, ways, doing, remark, shows_forms=shows_forms, note=note)
    body["interrupts"] = [interrupt_body(interrupt, approver, ways) for interrupt in run.interrupts]
    return body


def run_summary(
    run: Run,
    approver: Approver,
    ways: Ways,
    doing: str = "",
    remark: str = "",
    *,
    shows_forms: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """Return a run without its interrupts.

    `ways` are those in which a person decides. `doing` is what of it runs now, `remark` what is said before its next
    step, `shows_forms` whether whoever reads it can be asked by forms, and `note` what is to be known of its agent.
    """
    body: dict[str, Any] = {
        "run_id": run.run_id,
        "thread_id": name_of(run.thread_id),
        "agent": run.agent,
        "status": str(run.status),
    }
    if run.answer is not None:
        body["answer"] = run.answer
    if run.output is not MISSING:
        body["output"] = run.output
    if run.error is not None:
        body["error"] = {"code": run.error.code, "message": run.error.message}
    if note:
        body["note"] = note
    body["created_at"] = run.created_at.isoformat()
    body["updated_at"] = run.updated_at.isoformat()
    # It quotes agents and clients, and is the text that clients show to people.
    body["next_step"] = printable(f"{remark} {next_step(run, approver, ways, doing, shows_forms=shows_forms)}".strip())
    return body


def interrupt_body(interrupt: Interrupt, approver: Approver, ways: Ways) -> dict[str, Any]:
    """Return an interrupt as a person decides on it; a request that has its decision already carries it."""
    requests = []
    for request in interrupt.wanted:
        body: dict[str, Any] = request_body(request)
        if request.terms.high_risk:
            body["risk"] = "high"
        if request.terms.deciders is not None:
            body["deciders"] = list(request.terms.deciders)
        if request.terms.require_other_person:
            body["other_person"] = True
        if request.preview is not None:
            body["preview"] = preview_body(request.preview)
        if (decided := interrupt.decided(request.index)) is not None:
            body["decision"] = decision_body(*decided)
        requests.append(body)
    question = interrupt.question
    shown: dict[str, Any] = {
        "interrupt_id": interrupt.interrupt_id,
        "code": interrupt.code,
        "run_id": interrupt.run_id,
        "thread_id": name_of(interrupt.thread_id),
        "agent": interrupt.agent,
        "status": str(interrupt.status),
        "dialect": str(question.dialect),
        "description": _doubt(interrupt) + question.description,
        "requests": requests,
        "value": question.value,
    }
    if any(dialects.asked_inside(question, request) for request in interrupt.wanted) and (call := question.inside):
        shown["asked_inside"] = {"action": call.name, "args": call.complete}
    if question.response_schema is not None:
        shown["response_schema"] = question.response_schema
    if interrupt.round:
        shown["round"] = interrupt.round
    if any(request.terms.high_risk for request in interrupt.wanted):
        shown["risk"] = "high"
    shown["digest"] = interrupt.digest
    shown["created_at"] = interrupt.created_at.isoformat()
    shown["where_to_decide"] = ways.where_to_decide(interrupt, approver)
    return shown


def decision_body(decision: Decision, proof: Proof) -> dict[str, Any]:
    """Return a decision with who made it, by which channel and when."""
    made = {"channel": str(proof.channel), "who": proof.who, "at": proof.at.isoformat()}
    return {"type": str(decision.type), **decision.body(), **made}


def _doubt(interrupt: Interrupt) -> str:
    if not interrupt.round:
        return ""
    if {decision.type for decision in interrupt.answers.values()} == {DecisionType.RESPOND}:
        return (
            "This was answered, and nobody knows what was done with the answer: accept runs it again and has it ask"
            " once more, respond takes it as done with your value as its result, reject drops it. "
        )
    return (
        "This was decided and started, and nobody knows whether it was done: accept runs it again, respond takes it"
        " as done with your value as its result, reject drops it. "
    )
