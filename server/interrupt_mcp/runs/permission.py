"""Whether decisions count from whoever sends them, and what to do with those that only a person can make.

It knows decisions that were checked against what they are for (`runs.decisions`).
"""

from collections.abc import Iterator, Sequence

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.errors import NeedsHuman
from interrupt_mcp.forms import key_of
from interrupt_mcp.model import Approver, Channel, DecisionType, Interrupt, Request
from interrupt_mcp.runs.decisions import Proposals
from interrupt_mcp.store.records import Choice
from interrupt_mcp.views.ways_to_decide import Ways

_FOR_SCRIPTS = "A script whose author is that person sets INTERRUPT_MCP_APPROVER=client before it begins a thread"


def refuse(
    interrupts: Sequence[Interrupt], chosen: Sequence[Choice], channel: Channel, approver: Approver, ways: Ways
) -> None:
    """Refuse decisions of which one does not count when it comes through the channel.

    Raises:
        NeedsHuman: somebody else must make it, or it must be made somewhere else.
    """
    for interrupt, request, choice in _new(interrupts, chosen):
        match authority.refusal(interrupt.question, request, choice.decision.type, channel, approver):
            case authority.Refusal.NO_PERSON:
                where = ways.who_decides(interrupts, approver)
                raise NeedsHuman(f"A person must decide this, not the client: {where}. {_FOR_SCRIPTS}")
            case authority.Refusal.WRONG_CHANNEL:
                names = " or ".join(authority.reached_through(request))
                raise NeedsHuman(f"Policy has {interrupt.code} decided through {names or 'no channel'} only")


def refuse_rejecting(
    policy: Policy, approver: Approver, channel: Channel, waiting: Sequence[Interrupt], ways: Ways
) -> None:
    """Refuse to reject all that waits where a rejection of one of these does not count through the channel.

    Raises:
        NeedsHuman: a person must reject it.
    """
    for interrupt in (authority.with_policy_now(policy, each) for each in waiting):
        for request in interrupt.undecided:
            if authority.refusal(interrupt.question, request, DecisionType.REJECT, channel, approver):
                raise NeedsHuman(
                    f"Run {interrupt.run_id} waits for {interrupt.code} ({request.action}), of which a reject is a"
                    f" person's word too, so nothing was rejected: {ways.who_decides([interrupt], approver)}"
                )


def proposals(
    interrupts: Sequence[Interrupt], chosen: Sequence[Choice], channel: Channel, approver: Approver
) -> Proposals:
    """Return the decisions that do not count through the channel, and that a form can propose to a person instead."""
    return {
        key_of(interrupt, request): chosen.index(choice)
        for interrupt, request, choice in _new(interrupts, chosen)
        if authority.proposed_by_form(interrupt.question, request, choice.decision.type, channel, approver)
    }


def _new(interrupts: Sequence[Interrupt], chosen: Sequence[Choice]) -> Iterator[tuple[Interrupt, Request, Choice]]:
    """Yield the decisions that nobody made before, each with the interrupt and the request that it is for."""
    by_id = {interrupt.interrupt_id: interrupt for interrupt in interrupts}
    for choice in chosen:
        interrupt, index = by_id[choice.interrupt_id], choice.decision.index
        if interrupt.decided(index) is None:
            yield interrupt, next(each for each in interrupt.wanted if each.index == index), choice
