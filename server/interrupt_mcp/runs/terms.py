"""Terms: what policy says about a request, put to it when it is asked, and who may then decide it. Pure."""

from dataclasses import replace
from typing import TYPE_CHECKING

from interrupt_mcp.model import Approver, Channel, DecisionType, Dialect, Question, Request, Terms
from interrupt_mcp.policy import Policy, Rule

if TYPE_CHECKING:
    from interrupt_mcp.effects import Asking, MustAsk
    from interrupt_mcp.model import Call

PEOPLE = (Channel.ELICITATION, Channel.TERMINAL)
"""The channels that reach a person."""
_ACTIONS = (Dialect.MIDDLEWARE, Dialect.AGENT_INBOX, Dialect.TOOL_CALL)
"""What asks whether to do something. Elsewhere the answer itself is wanted, and policy cannot know what it may be."""


def under(policy: Policy, agent: str, question: Question) -> Question:
    """The question, as policy lets it be decided."""
    actions = question.dialect in _ACTIONS
    requests = [_under(policy.of_tool(agent, request.action), request, actions) for request in question.requests]
    return replace(question, requests=tuple(requests))


def _under(rule: Rule, request: Request, is_action: bool) -> Request:
    allowed = request.allowed
    if is_action and rule.allow is not None:
        allowed = tuple(kind for kind in allowed if kind.value in rule.allow)
    terms = Terms(
        approver=None if rule.approver in (None, "auto") else Approver(rule.approver),
        channels=None if rule.channels is None else tuple(Channel(name) for name in rule.channels),
        high_risk=rule.risk == "high",
    )
    return replace(request, allowed=allowed, terms=terms)


def asking(policy: Policy, agent: str, besides: "MustAsk") -> "MustAsk":
    """Which calls the gate asks about: those that policy calls sensitive, and those that something else says."""

    def must_ask(call: "Call") -> "Asking | None":
        return besides(call) or _asking(policy.of_tool(agent, call.name), call)

    return must_ask


def _asking(rule: Rule, call: "Call") -> "Asking | None":
    from interrupt_mcp.effects import Asking

    if not rule.sensitive:
        return None
    why = f"Policy has a person asked before {call.name} runs."
    return Asking(why) if rule.allow is None else Asking(why, allow=rule.allow)


def needs_person(request: Request, approver: Approver) -> bool:
    """Whether only a channel that reaches a person decides it, on a thread with this approver; but anybody rejects."""
    terms = request.terms
    shut = terms.channels is not None and Channel.CLIENT not in terms.channels
    return shut or (terms.approver or approver) is Approver.HUMAN


def strict(policy: Policy, agent: str, approver: Approver) -> bool:
    """Whether something on a thread of the agent is for a person, so that nothing may stand in for a decision."""
    return approver is Approver.HUMAN or any(
        rule.approver == "human" or (rule.channels is not None and Channel.CLIENT not in rule.channels)
        for rule in policy.tools_of(agent)
    )


def forms_reach(policy: Policy, agent: str) -> bool:
    """Whether a form may stand for a person in all that the agent does."""
    return all(rule.channels is None or "elicitation" in rule.channels for rule in policy.tools_of(agent))


def takes(request: Request, channel: Channel, kind: DecisionType) -> bool:
    """Whether policy lets such a decision come through the channel."""
    return kind is DecisionType.REJECT or request.terms.channels is None or channel in request.terms.channels


def asked_through(request: Request) -> tuple[Channel, ...]:
    """The channels through which a person decides it."""
    return tuple(channel for channel in PEOPLE if request.terms.channels is None or channel in request.terms.channels)
