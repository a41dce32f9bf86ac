"""Whether decisions count from whoever sends them, and what to do with those that only a person can make.

It knows decisions that were checked against what they are for (`runs.decisions`).
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.errors import Error, Forbidden, NeedsHuman
from interrupt_mcp.forms import key_of, names_of
from interrupt_mcp.model import Approver, Channel, DecisionType, Interrupt, Request
from interrupt_mcp.runs.decisions import Proposals
from interrupt_mcp.store.records import Choice
from interrupt_mcp.views.ways_to_decide import Ways

_FOR_SCRIPTS = "A script whose author is that person sets INTERRUPT_MCP_APPROVER=client before it begins a thread"


def refuse(
    interrupts: Sequence[Interrupt],
    chosen: Sequence[Choice],
    channel: Channel,
    approver: Approver,
    decider: authority.Decider,
    ways: Ways,
) -> None:
    """Refuse decisions of which one does not count when it comes through the channel from the decider.

    Raises:
        NeedsHuman: a person must make it, or it must be made somewhere else.
        Forbidden: somebody else must make it.
    """
    for interrupt, request, choice in _new(interrupts, chosen):
        why = authority.refusal(interrupt.question, request, choice.decision.type, channel, approver, decider)
        match why:
            case None:
                continue
            case authority.Refusal.NO_PERSON:
                where = ways.who_decides(interrupts, approver)
                raise NeedsHuman(f"A person must decide this, not the client: {where}. {_FOR_SCRIPTS}")
            case authority.Refusal.WRONG_CHANNEL:
                names = " or ".join(authority.reached_through(request))
                raise NeedsHuman(f"Policy has {interrupt.code} decided through {names or 'no channel'} only")
            case _:
                raise _forbidden(why, interrupt, request)


def refuse_rejecting(
    policy: Policy,
    approver: Approver,
    channel: Channel,
    decider: authority.Decider,
    waiting: Sequence[Interrupt],
    ways: Ways,
) -> None:
    """Refuse to reject all that waits where a rejection of one of these does not count through the channel.

    Raises:
        NeedsHuman: a person must reject it.
        Forbidden: somebody else must reject it.
    """
    for interrupt in (authority.with_policy_now(policy, each) for each in waiting):
        for request in interrupt.undecided:
            why = authority.refusal(interrupt.question, request, DecisionType.REJECT, channel, approver, decider)
            match why:
                case None:
                    continue
                case authority.Refusal.NO_PERSON | authority.Refusal.WRONG_CHANNEL:
                    raise NeedsHuman(
                        f"Run {interrupt.run_id} waits for {interrupt.code} ({request.action}), of which a reject is a"
                        f" person's word too, so nothing was rejected: {ways.who_decides([interrupt], approver)}"
                    )
                case _:
                    raise _forbidden(why, interrupt, request)


def proposals(
    interrupts: Sequence[Interrupt],
    chosen: Sequence[Choice],
    channel: Channel,
    approver: Approver,
    decider: authority.Decider,
) -> Proposals:
    """Return the decisions that do not count through the channel, and that a form can propose to the decider."""
    return {
        key_of(interrupt, request): chosen.index(choice)
        for interrupt, request, choice in _new(interrupts, chosen)
        if authority.proposed_by_form(interrupt.question, request, choice.decision.type, channel, approver, decider)
    }


def _forbidden(why: authority.WhoRefused, interrupt: Interrupt, request: Request) -> Error:
    """Return what tells whose decision it is."""
    deciders = request.terms.deciders
    match why:
        case authority.Refusal.NO_SCOPE:
            return Forbidden(f"Your token has not the scope decide, which a decision on {interrupt.code} needs")
        case authority.Refusal.NOT_A_DECIDER if deciders is None:
            return Forbidden(f"Only who started its run decides {interrupt.code}, since policy names nobody else")
        case authority.Refusal.NOT_A_DECIDER if not deciders:
            return Forbidden(
                f"Policy leaves nobody who decides {interrupt.code}, since of two lists of deciders those in both"
                f" count; cancel_run with run_id {interrupt.run_id} ends its run"
            )
        case authority.Refusal.NOT_A_DECIDER:
            return Forbidden(f"Policy has {interrupt.code} decided by {names_of(deciders or ())} only")
        case authority.Refusal.SAME_PERSON:
            return Forbidden(
                f"Policy has somebody else than who started it accept {interrupt.code}; who started it may only reject"
            )
        case _ as never:
            assert_never(never)


def _new(interrupts: Sequence[Interrupt], chosen: Sequence[Choice]) -> Iterator[tuple[Interrupt, Request, Choice]]:
    """Yield the decisions that nobody made before, each with the interrupt and the request that it is for."""
    by_id = {interrupt.interrupt_id: interrupt for interrupt in interrupts}
    for choice in chosen:
        interrupt, index = by_id[choice.interrupt_id], choice.decision.index
        if interrupt.decided(index) is None:
            yield interrupt, next(each for each in interrupt.wanted if each.index == index), choice
