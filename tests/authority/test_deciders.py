"""Whose decision counts: that of those whom policy names, else the owner's, and where two are wanted, another's."""

from dataclasses import replace

import pytest

from interrupt_mcp import authority
from interrupt_mcp.authority import Decider, Refusal
from interrupt_mcp.config.policy import AgentPolicy, Policy, Rule
from interrupt_mcp.model import (
    Access,
    Approver,
    Call,
    Channel,
    DecisionType,
    Dialect,
    Interrupt,
    Principal,
    Scope,
    Terms,
)
from tests.people.questions import tool_call

ANN, BOB = Principal.read("token:ann"), Principal.read("oidc:https://sso.example#bob")
RUN, READ, DECIDE = Scope.RUN, Scope.READ, Scope.DECIDE
ALL = (RUN, READ, DECIDE)
ACCEPT, REJECT = DecisionType.ACCEPT, DecisionType.REJECT
BOBS, OPS, NOBODY = (str(BOB),), ("ops",), ()
GROUPED = Policy(groups={"ops": (str(BOB),), "both": (str(ANN), str(BOB))})


def by(principal: Principal, *scopes: Scope, groups: frozenset[str] = frozenset(), policy: Policy = GROUPED) -> Decider:
    """Somebody with these scopes, about a run of Ann's."""
    return Decider.by(policy, Access(principal, frozenset(scopes or ALL), groups), ANN)


def asked(*deciders: str, named: bool = True, another: bool = False, leads_on: bool = False) -> Interrupt:
    """A question that is for these; `leads_on` is whether something goes on with a no."""
    made = tool_call({"to": "bob"})
    terms = Terms(deciders=deciders if named else None, require_other_person=another)
    dialect = Dialect.FREEFORM if leads_on else made.question.dialect
    call = Call("", "m", 0, "1", "send", {"to": "bob"})
    request = replace(made.wanted[0], terms=terms, call=call)
    return replace(made, question=replace(made.question, dialect=dialect, requests=(request,)))


FREE = asked(named=False)


def refusal(
    interrupt: Interrupt,
    decider: Decider,
    kind: DecisionType = ACCEPT,
    channel: Channel = Channel.INBOX,
    approver: Approver = Approver.HUMAN,
) -> Refusal | None:
    return authority.refusal(interrupt.question, interrupt.wanted[0], kind, channel, approver, decider)


@pytest.mark.parametrize(
    ("interrupt", "decider", "kind", "why"),
    [
        (FREE, by(ANN), ACCEPT, None),
        (FREE, by(ANN, RUN, READ), ACCEPT, Refusal.NO_SCOPE),
        (FREE, by(ANN, RUN), REJECT, None),
        (FREE, by(ANN, READ), REJECT, Refusal.NO_SCOPE),
        (FREE, by(BOB), ACCEPT, Refusal.NOT_A_DECIDER),
        (FREE, by(BOB), REJECT, Refusal.NOT_A_DECIDER),
        (asked(*BOBS), by(BOB), ACCEPT, None),
        (asked(*BOBS), by(BOB, RUN, READ), ACCEPT, Refusal.NO_SCOPE),
        (asked(*BOBS), by(ANN), ACCEPT, Refusal.NOT_A_DECIDER),
        (asked(*BOBS), by(ANN), REJECT, None),
        (asked(*BOBS, leads_on=True), by(ANN), REJECT, Refusal.NOT_A_DECIDER),
        (asked(*BOBS, leads_on=True), by(BOB), REJECT, None),
        (asked(*OPS), by(BOB), ACCEPT, None),
        (asked(*OPS), by(ANN), ACCEPT, Refusal.NOT_A_DECIDER),
        (asked(*OPS), by(ANN, groups=frozenset(OPS)), ACCEPT, None),
        (asked(*BOBS), by(ANN, groups=frozenset(BOBS)), ACCEPT, Refusal.NOT_A_DECIDER),
        (asked(*NOBODY), by(BOB), ACCEPT, Refusal.NOT_A_DECIDER),
        (asked(*NOBODY), by(ANN), REJECT, None),
        (asked("both", another=True), by(ANN), ACCEPT, Refusal.SAME_PERSON),
        (asked("both", another=True, leads_on=True), by(ANN), REJECT, None),
        (asked("both", another=True), by(BOB), ACCEPT, None),
        (asked(named=False, another=True), by(ANN), ACCEPT, Refusal.SAME_PERSON),
        (asked(named=False, another=True), by(BOB), ACCEPT, Refusal.NOT_A_DECIDER),
    ],
)
def test_a_decision_counts_from_whom_policy_names_and_else_from_the_owner(
    interrupt: Interrupt, decider: Decider, kind: DecisionType, why: Refusal | None
) -> None:
    assert refusal(interrupt, decider, kind) is why


def test_a_decider_decides_through_a_client_only_where_policy_lets_a_client() -> None:
    assert refusal(asked(*BOBS), by(BOB), channel=Channel.CLIENT) is Refusal.NO_PERSON
    assert refusal(asked(*BOBS), by(BOB), channel=Channel.CLIENT, approver=Approver.CLIENT) is None
    assert refusal(asked(*BOBS), by(BOB, RUN), channel=Channel.CLIENT) is Refusal.NO_PERSON


@pytest.mark.parametrize(
    ("interrupt", "decider", "shown"),
    [
        (FREE, by(ANN), True),
        (FREE, by(ANN, RUN, READ), False),
        (asked(*BOBS), by(ANN), False),
        (asked(*BOBS), by(BOB), True),
        (asked("both", another=True), by(ANN), False),
        (asked("both", another=True), by(BOB), True),
    ],
)
def test_a_form_is_for_whoever_may_decide_by_it(interrupt: Interrupt, decider: Decider, shown: bool) -> None:
    request = interrupt.wanted[0]
    client = (ACCEPT, Channel.CLIENT, Approver.HUMAN, decider)
    assert authority.asked_by_form(request, Approver.HUMAN, decider) is shown
    assert authority.proposed_by_form(interrupt.question, request, *client) is shown


@pytest.mark.parametrize(
    ("rule", "decider", "client", "form"),
    [
        (Rule(), by(ANN), True, True),
        (Rule(), by(ANN, RUN, READ), False, False),
        (Rule(approver=Approver.HUMAN), by(ANN), False, True),
        (Rule(deciders=BOBS), by(ANN), False, False),
        (Rule(deciders=("both",)), by(ANN), True, True),
        (Rule(require_other_person=True), by(ANN), False, False),
        (Rule(deciders=("both",), require_other_person=True), by(BOB), True, True),
    ],
)
def test_nothing_stands_in_for_a_decision_that_is_for_somebody_else(
    rule: Rule, decider: Decider, client: bool, form: bool
) -> None:
    policy = replace(GROUPED, agents={"letters": AgentPolicy(rule, {"send": rule})})
    on = (policy, "letters", Approver.CLIENT)
    assert authority.may_stand_in(*on, Channel.CLIENT, decider) is client
    assert authority.may_stand_in(*on, Channel.ELICITATION, decider) is form
    assert authority.forms_reach(policy, "letters", decider) is form
    assert authority.no_stand_in(*on) is (rule != Rule())


def test_what_counts_of_who_decides_is_the_stricter_of_when_it_was_asked_and_of_now() -> None:
    then = replace(asked("ops", str(BOB)), agent="letters")
    now = Policy(Rule(deciders=(str(BOB), str(ANN)), require_other_person=True))
    (request,) = authority.with_policy_now(now, then).wanted
    assert (request.terms.deciders, request.terms.require_other_person) == ((str(BOB),), True)
    (request,) = authority.with_policy_now(Policy(Rule(deciders=(str(ANN),))), then).wanted
    assert request.terms.deciders == ()
    (request,) = authority.with_policy_now(Policy(), then).wanted
    assert request.terms.deciders == ("ops", str(BOB))


def test_a_member_of_a_group_is_one_by_each_policy_that_holds() -> None:
    before, after = (
        Policy(groups={"ops": (str(ANN), str(BOB))}),
        Policy(groups={"ops": (str(BOB),), "new": (str(ANN),)}),
    )
    both = replace(after, besides=before)
    assert (both.groups_of(ANN), both.groups_of(BOB)) == (frozenset(), frozenset({"ops"}))
