"""What policy says of a question is kept with it, and one that was kept before policy could say who decides is free."""

from dataclasses import replace

from interrupt_mcp.model import Approver, Channel, Question, Terms
from interrupt_mcp.store.sql.rows import dump, load, question_body, question_of
from tests.people.questions import tool_call


def kept(terms: Terms, *without: str) -> Question:
    """The question as it is read again, where these words were not kept with it."""
    question = tool_call({"to": "bob"}).question
    body = question_body(replace(question, requests=(replace(question.requests[0], terms=terms),)))
    for word in without:
        del body["requests"][0]["terms"][word]
    return question_of(load(dump(body)))


def test_all_that_policy_says_of_a_question_is_kept_with_it() -> None:
    terms = Terms(Approver.HUMAN, (Channel.INBOX,), True, ("ops", "token:ann"), True)
    assert kept(terms).requests[0].terms == terms
    assert kept(Terms(deciders=())).requests[0].terms.deciders == ()


def test_a_question_of_before_names_nobody() -> None:
    terms = Terms(Approver.HUMAN, high_risk=True)
    assert kept(terms, "deciders", "require_other_person").requests[0].terms == terms
