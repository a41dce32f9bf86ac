"""Whether a decision counts: who may make it, through what, and what proof it needs.

A no that code goes on with is an answer like any other. Where nothing but the model hears it, anybody may say no.
"""

from interrupt_mcp import dialects
from interrupt_mcp.model import Approver, Channel, DecisionType, Question, Request


def for_person(request: Request, approver: Approver) -> bool:
    """Whether only a channel that reaches a person decides it, on a thread with this approver."""
    terms = request.terms
    shut = terms.channels is not None and all(channel.reaches_person for channel in terms.channels)
    return shut or (terms.approver or approver) is Approver.HUMAN


def rejected_by_anybody(question: Question, request: Request) -> bool:
    """Whether a rejection counts from anybody: nothing goes on with it but the model, and nothing is in doubt."""
    return (
        DecisionType.REJECT in request.allowed
        and not request.round
        and not dialects.leads_on(question, request, DecisionType.REJECT)
    )


def needs_person(question: Question, request: Request, kind: DecisionType, approver: Approver) -> bool:
    """Whether such a decision counts only from a person."""
    anybody = kind is DecisionType.REJECT and rejected_by_anybody(question, request)
    return not anybody and for_person(request, approver)


def taken(question: Question, request: Request, kind: DecisionType, channel: Channel, approver: Approver) -> bool:
    """Whether such a decision may be made through the channel."""
    if kind is DecisionType.REJECT and rejected_by_anybody(question, request):
        return True
    if not channel.reaches_person and for_person(request, approver):
        return False
    return request.terms.channels is None or channel in request.terms.channels


def reached_through(request: Request) -> tuple[Channel, ...]:
    """The channels through which a person decides it."""
    channels = request.terms.channels
    return tuple(channel for channel in Channel.people() if channels is None or channel in channels)


def needs_digest(question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether such a decision needs the digest of what was shown: at a high risk, all that may lead to the action."""
    if request.round:
        return request.terms.high_risk and kind is DecisionType.ACCEPT
    return request.terms.high_risk and dialects.leads_on(question, request, kind)
