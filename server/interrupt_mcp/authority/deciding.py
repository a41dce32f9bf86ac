"""Whether a decision counts: who may make it, through what, and what proof it needs.

A no that code goes on with is an answer like any other. Where nothing but the model hears it, anybody may say no.
It does not know how a decision came in, nor whether there is a client that shows forms.
"""

from collections.abc import Collection
from enum import Enum, auto
from typing import Literal, TypeAlias

from interrupt_mcp import dialects
from interrupt_mcp.authority.decider import Decider
from interrupt_mcp.model import Approver, Channel, DecisionType, Question, Request, Scope, Terms


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
    NO_SCOPE = auto()
    """Whoever makes it has not the scope `decide`."""
    NOT_A_DECIDER = auto()
    """It is for those whom policy names, or, where it names nobody, for the owner of the run."""
    SAME_PERSON = auto()
    """Policy has somebody else than the owner of the run make it."""


WhoRefused: TypeAlias = Literal[Refusal.NO_SCOPE, Refusal.NOT_A_DECIDER, Refusal.SAME_PERSON]
"""That it is somebody else's to decide."""


def refusal(
    question: Question,
    request: Request,
    kind: DecisionType,
    channel: Channel,
    approver: Approver,
    decider: Decider,
) -> Refusal | None:
    """Return why the decider may not make such a decision through the channel, on a thread with this approver."""
    if kind is DecisionType.REJECT and rejected_by_anybody(question, request) and _may_say_no(request, decider):
        return None
    if not channel.reaches_person and for_person(request, approver):
        return Refusal.NO_PERSON
    channels = request.terms.channels
    if channels is not None and channel not in channels:
        return Refusal.WRONG_CHANNEL
    return refusal_of(decider, request.terms.deciders, _of_another(request.terms, kind))


def refusal_of(decider: Decider, deciders: Collection[str] | None, of_another: bool) -> WhoRefused | None:
    """Return why it is not the decider's to decide, where these are named; `of_another` is whether the owner may not.

    It does not look at channels.
    """
    if not decider.may_decide:
        return Refusal.NO_SCOPE
    if not decider.is_among(deciders):
        return Refusal.NOT_A_DECIDER
    return Refusal.SAME_PERSON if of_another and decider.is_owner else None


def _of_another(terms: Terms, kind: DecisionType) -> bool:
    return terms.require_other_person and kind is not DecisionType.REJECT


def _may_say_no(request: Request, decider: Decider) -> bool:
    """Whether the decider is one of those who stop it, by whom it may be stopped in any way."""
    concerned = decider.is_owner or decider.is_among(request.terms.deciders)
    return concerned and decider.access.may(Scope.RUN, Scope.DECIDE)


def asked_by_form(request: Request, approver: Approver, decider: Decider) -> bool:
    """Whether a person decides it, a form is a way to do so, and all that it allows counts from the decider."""
    return (
        for_person(request, approver)
        and Channel.ELICITATION in reached_through(request)
        and not any(
            refusal_of(decider, request.terms.deciders, _of_another(request.terms, kind)) for kind in request.allowed
        )
    )


def proposed_by_form(
    question: Question,
    request: Request,
    kind: DecisionType,
    channel: Channel,
    approver: Approver,
    decider: Decider,
) -> bool:
    """Whether such a decision, made through the channel, is only a proposal, which a form may put to a person."""
    why = refusal(question, request, kind, channel, approver, decider)
    return why is Refusal.NO_PERSON and asked_by_form(request, approver, decider)


def reached_through(request: Request) -> tuple[Channel, ...]:
    """Return the channels through which a person decides it."""
    channels = request.terms.channels
    return tuple(channel for channel in Channel.people() if channels is None or channel in channels)


def needs_digest(question: Question, request: Request, kind: DecisionType) -> bool:
    """Whether such a decision needs the digest of what was shown: at a high risk, all that may lead to the action."""
    if request.round:
        return request.terms.high_risk and kind is DecisionType.ACCEPT
    return request.terms.high_risk and dialects.leads_on(question, request, kind)
