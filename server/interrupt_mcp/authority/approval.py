"""Who approves on a thread: the strictest of what it kept, of policy as it stands, and of who begins a run on it.

It does not know single requests, for which policy may say something of its own.
"""

from typing import assert_never

from interrupt_mcp.authority.decider import Decider
from interrupt_mcp.authority.deciding import people_only, refusal_of
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.model import Access, Approver, Channel, Scope


def strictest(*approvers: Approver) -> Approver:
    """Return the one that holds where all of these do."""
    return Approver.HUMAN if Approver.HUMAN in approvers else Approver.CLIENT


def approver_at_start(policy: Policy, agent: str, *, reached: bool) -> Approver:
    """Return who approves in a run of the agent, for what policy and its beginner say.

    `reached` is whether a person can be reached by whoever begins it: by forms, or by pages.
    """
    match policy.of_agent(agent).approver:
        case Approver.HUMAN:
            return Approver.HUMAN
        case Approver.CLIENT:
            return Approver.CLIENT
        case Approver.AUTO | None:
            return Approver.HUMAN if reached else Approver.CLIENT
        case _ as never:
            assert_never(never)


def approver_for(policy: Policy, agent: str, access: Access | None, *, reached: bool) -> Approver:
    """Return the same where somebody with this access begins the run, if anybody does.

    Whoever may not decide through a client gets no client's thread: what they write into its state would stand for
    decisions. Where policy names who decides, nothing stands for that anyway.
    """
    approver = approver_at_start(policy, agent, reached=reached)
    if access is None or access.may(Scope.DECIDE) or no_stand_in(policy, agent, approver):
        return approver
    return Approver.HUMAN


def on_thread(
    policy: Policy, agent: str, kept: Approver, *, reached: bool = False, access: Access | None = None
) -> Approver:
    """Return who approves on a thread of the agent that kept this approver.

    `reached` is whether somebody goes on with the thread by whom a person can be reached, and `access` is theirs.
    """
    return strictest(kept, approver_for(policy, agent, access, reached=reached))


def may_stand_in(policy: Policy, agent: str, approver: Approver, channel: Channel, decider: Decider) -> bool:
    """Whether what the decider sends through the channel may stand in for decisions on a thread with this approver.

    It may where they decide all that the agent does, and, where a person must, it is a person who agreed to it, while
    policy lets them decide all through that channel.
    """
    if _refused_some(policy, agent, decider):
        return False
    agreed = channel.reaches_person and _reaches_all(policy, agent, channel)
    return agreed or not _for_person(policy, agent, approver)


def no_stand_in(policy: Policy, agent: str, approver: Approver) -> bool:
    """Whether something on the thread is for a person, or for some only, so that nothing may stand in for a decision.

    That is so whoever sends it.
    """
    return _for_person(policy, agent, approver) or any(
        rule.deciders is not None or rule.require_other_person for rule in policy.tools_of(agent)
    )


def _for_person(policy: Policy, agent: str, approver: Approver) -> bool:
    return approver is Approver.HUMAN or any(
        rule.approver is Approver.HUMAN or people_only(rule.channels) for rule in policy.tools_of(agent)
    )


def _refused_some(policy: Policy, agent: str, decider: Decider) -> bool:
    """Whether the decider may not decide on something that the agent does."""
    return any(refusal_of(decider, rule.deciders, bool(rule.require_other_person)) for rule in policy.tools_of(agent))


def forms_reach(policy: Policy, agent: str, decider: Decider) -> bool:
    """Whether the decider may agree in a form to all that the agent does."""
    return not _refused_some(policy, agent, decider) and _reaches_all(policy, agent, Channel.ELICITATION)


def _reaches_all(policy: Policy, agent: str, channel: Channel) -> bool:
    return all(rule.channels is None or channel in rule.channels for rule in policy.tools_of(agent))
