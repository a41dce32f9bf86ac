"""Who approves on a thread: the strictest of what it kept, of policy as it stands, and of who begins a run on it.

It does not know single requests, for which policy may say something of its own.
"""

from interrupt_mcp.config.policy import Policy
from interrupt_mcp.model import Approver, Channel


def strictest(*approvers: Approver) -> Approver:
    """The one that holds where all of these do."""
    return Approver.HUMAN if Approver.HUMAN in approvers else Approver.CLIENT


def settled(policy: Policy, agent: str, *, asks: bool) -> Approver:
    """Who approves in a run of the agent, for what policy and its beginner say.

    `asks` is whether whoever begins it is asked by forms, which a person fills in.
    """
    match policy.of_agent(agent).approver:
        case "human":
            return Approver.HUMAN
        case "client":
            return Approver.CLIENT
        case _:
            return Approver.HUMAN if asks else Approver.CLIENT


def on_thread(policy: Policy, agent: str, kept: Approver) -> Approver:
    """Who approves on a thread of the agent that kept this."""
    return strictest(kept, settled(policy, agent, asks=False))


def no_stand_in(policy: Policy, agent: str, approver: Approver) -> bool:
    """Whether something on the thread is for a person, so that nothing may stand in for a decision."""
    return approver is Approver.HUMAN or any(
        rule.approver == "human" or (rule.channels is not None and Channel.CLIENT not in rule.channels)
        for rule in policy.tools_of(agent)
    )


def forms_reach(policy: Policy, agent: str) -> bool:
    """Whether a form may stand for a person in all that the agent does."""
    return all(rule.channels is None or Channel.ELICITATION in rule.channels for rule in policy.tools_of(agent))
