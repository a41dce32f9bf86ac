"""Whatever channels policy leaves for a request, a person is told of one that reaches it, in words of that channel."""

from dataclasses import replace

import pytest

from interrupt_mcp.model import Approver, Channel, Interrupt, Terms
from interrupt_mcp.views.ways_to_decide import FORM, WAYS, elsewhere, shown_too, where_to_decide, who_decides
from tests.people.questions import tool_call

IN_TERMINAL, IN_FORM = (Channel.TERMINAL,), (Channel.ELICITATION,)


def asked(*channels: tuple[Channel, ...] | None) -> Interrupt:
    """A question with one request for each, which is decided only through these channels."""
    made = tool_call({"to": "bob"})
    requests = (replace(made.wanted[0], index=index, terms=Terms(channels=only)) for index, only in enumerate(channels))
    return replace(made, question=replace(made.question, requests=tuple(requests)))


def test_each_channel_that_reaches_a_person_says_how() -> None:
    assert {way.channel for way in WAYS} == set(Channel.people())


@pytest.mark.parametrize(
    ("channels", "where", "who"),
    [
        (
            [None],
            "In a terminal: interrupt-mcp review A7",
            "a person decides it with `interrupt-mcp review` in a terminal",
        ),
        (
            [IN_FORM],
            "In a form, at a client that shows forms: resume_run with run_id r asks",
            "a person decides it in a form, at a client that shows forms",
        ),
        (
            [IN_TERMINAL, IN_FORM],
            "In a form, at a client that shows forms: resume_run with run_id r asks",
            "a person decides a part with `interrupt-mcp review` in a terminal, and the rest in a client's form",
        ),
        (
            [()],
            "Nowhere: policy leaves no channel for it; cancel_run with run_id r ends its run",
            "policy leaves no channel for it, so nobody decides it",
        ),
    ],
)
def test_where_a_person_decides_is_said_of_the_channels_that_policy_leaves(
    channels: list[tuple[Channel, ...] | None], where: str, who: str
) -> None:
    interrupt = asked(*channels)
    assert where_to_decide(interrupt, Approver.HUMAN) == where
    assert who_decides([interrupt], Approver.HUMAN).startswith(f"{who}; ")


def test_a_form_says_where_else_it_can_be_decided() -> None:
    both, form = asked(None), asked(IN_FORM)
    assert elsewhere(FORM, both, both.wanted[0]) == "It can also be decided in a terminal: interrupt-mcp review A7"
    assert elsewhere(FORM, form, form.wanted[0]) == "Policy has it decided nowhere else."
    assert shown_too(FORM, both.wanted) == "`interrupt-mcp review` in a terminal shows it too"
    assert shown_too(FORM, form.wanted) == ""
