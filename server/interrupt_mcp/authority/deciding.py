"""Whether a decision counts: who may make it, through what, and what proof it needs.

A no that code goes on with is an answer like any other. Where nothing but the model hears it, anybody may say no.
It does not know how a decision came in, nor whether there is a client that shows forms.
"""

from collections.abc import Collection
from enum import Enum, auto

from interrupt_mcp import dialects
from interrupt_mcp.model import Approver, Channel, DecisionType, Question, Request


def people_only(channels: Collection[Channel] | None) -> bool:
    """Whether policy's list of channels, where it has one, leaves only those that reach a person, if any."""
    return channels is not None and all(channel.reaches_person for channel in channels)


def for_person(request: Request, approver: Approver) -> bool:
    """Whether only a channel that reaches a person decides it, on a thread with this approver."""
    return people_only(request.terms.channels) or (request.terms.approver or approver) is Approver.HUMAN


def rejected_by_anybody(question: Question, request: Request) -> bool:
    """Whether a rejection counts from anybody: nothing goes on with it but the model, and nothing is in doubt."""
    return (
        DecisionType.REJECT in request.allowed
        and not request.round
        and not dialects.leads_on(question, request, DecisionType.REJECT)
    )


class Refusal(Enum):
    """Why a decision does not count."""

    NO_PERSON = auto()
    """A person must make it, and at the other end of its channel may be a model."""
    WRONG_CHANNEL = auto()
    """Policy has it made through other channels."""


def refusal(
    question: Question, request: Request, kind: DecisionType, channel: Channel, approver: Approver
) -> Refusal | None:
    """Return why such a decision may not be made through the channel, on a thread with this approver."""
    if kind is DecisionType.REJECT and rejected_by_anybody(question, request):
        return None
    if not channel.reaches_person and for_person(request, approver):
        return Refusal.NO_PERSON
    channels = request.terms.channels
    return None if channels is None or channel in channels else Refusal.WRONG_CHANNEL


def asked_by_form(request: Request, approver: Approver) -> bool:
    """Whether a person decides it, and a form is a way to do so."""
    return for_person(request, approver) and Channel.ELICITATION in reached_through(request)


def proposed_by_form(
    question: Question, request: Request, kind: DecisionType, channel: Channel, approver: Approver
) -> bool:
    """Whether such a decision, made through the channel, is only a proposal, which a form may put to a person."""
    why = refusal(question, request, kind, channel, approver)
    return why is Refusal.NO_PERSON and asked_by_form(request, approver)


def reached_through(request: Request) -> tuple[Channel, ...]:
    """Return the channels through which a person decides it."""
    channels = request.terms.channels
    return tuple(channel for channel in Channel.people() if channels is None or channel in channels)


def needs_digest(question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether such a decision needs the digest of what was shown: at a high risk, all that may lead to the action."""
    if request.round:
        return request.terms.high_risk and kind is DecisionType.ACCEPT
    return request.terms.high_risk and dialects.leads_on(question, request, kind)
