"""What policy says of a question, kept with it when it is asked, and made stricter where policy has become so since.

A tool may ask under a name of its own making. So the name of the call counts, and the other one only beside it.
"""

from dataclasses import replace

from interrupt_mcp.config.policy import Policy, Rule, stricter
from interrupt_mcp.model import Approver, DecisionType, Dialect, Interrupt, Question, Request, Terms
from interrupt_mcp.words import Risk

_GOING_ON = {DecisionType.ACCEPT, DecisionType.EDIT, DecisionType.RESPOND}


def sensitive_rule(policy: Policy, agent: str, tool: str) -> Rule | None:
    """Return what policy says of the tool where it has a person asked before anything of the tool runs."""
    rule = policy.of_tool(agent, tool)
    return rule if rule.sensitive else None


def not_gated(policy: Policy, agent: str, where: str) -> str | None:
    """Return a sentence where policy has people asked before tools of an agent that runs `where` no gate is."""
    if not any(rule.sensitive for rule in policy.tools_of(agent)):
        return None
    return f"Policy has a person asked before tools of {agent} run, but it runs at {where}, where no gate is"


def with_policy(policy: Policy, agent: str, question: Question) -> Question:
    """Return the question as policy lets it be decided when it is asked."""
    requests = [_under(_rule(policy, agent, question, each), question, each) for each in question.requests]
    return replace(question, requests=tuple(requests))


def with_policy_now(policy: Policy, interrupt: Interrupt) -> Interrupt:
    """Return the interrupt as it may be decided now.

    What it was asked under holds, and what of policy got stricter since. One that is no longer asked stays as it is.
    """
    if not interrupt.status.open:
        return interrupt
    question = interrupt.question
    requests = []
    for request in question.requests:
        rule = stricter(_rule_of(request.terms), _rule(policy, interrupt.agent, question, request))
        requests.append(_under(rule, question, request))
    if all(now is before for now, before in zip(requests, question.requests, strict=True)):
        return interrupt
    return replace(interrupt, question=replace(question, requests=tuple(requests)))


def _rule(policy: Policy, agent: str, question: Question, request: Request) -> Rule:
    """Return what policy says of the call that asks, or is asked about, and of what else the request calls itself."""
    call = question.inside or request.call
    names = dict.fromkeys([call.name if call else request.action, request.action])
    names |= dict.fromkeys([request.call.name] if request.call else [])
    first, *others = (policy.of_tool(agent, name) for name in names)
    for other in others:
        # Where nothing is said of a name that anybody may make up, it takes nothing back.
        first = stricter(first, other if other.approver else replace(other, approver=first.approver))
    return first


def _under(rule: Rule, question: Question, request: Request) -> Request:
    allowed, terms = _allowed(rule, question, request), _terms_of(rule)
    same = allowed == request.allowed and terms == request.terms
    return request if same else replace(request, allowed=allowed, terms=terms)


def _allowed(rule: Rule, question: Question, request: Request) -> tuple[DecisionType, ...]:
    allow = rule.allow
    if allow is None:
        return request.allowed
    if question.dialect.asks_whether or (question.dialect is Dialect.BREAKPOINT and request.call is not None):
        return tuple(kind for kind in request.allowed if kind in allow)
    # A tool that wants to know something goes on with any answer, so none is for what may not go on.
    if question.inside is not None and _GOING_ON.isdisjoint(allow):
        return tuple(kind for kind in request.allowed if kind is DecisionType.REJECT)
    return request.allowed


def _terms_of(rule: Rule) -> Terms:
    """Return what is kept of a rule with the question: `auto` is what holds without policy."""
    approver = None if rule.approver is Approver.AUTO else rule.approver
    return Terms(
        approver,
        rule.channels,
        high_risk=rule.risk is Risk.HIGH,
        deciders=rule.deciders,
        require_other_person=bool(rule.require_other_person),
    )


def _rule_of(terms: Terms) -> Rule:
    """Return the rule that a question was asked under."""
    return Rule(
        approver=terms.approver,
        channels=terms.channels,
        risk=Risk.HIGH if terms.high_risk else None,
        deciders=terms.deciders,
        require_other_person=terms.require_other_person or None,
    )
