"""Whatever channels policy leaves for a request, a person is told of one that reaches it, in words of that channel."""

from dataclasses import replace

import pytest

from interrupt_mcp.model import Approver, Channel, Interrupt, Terms
from interrupt_mcp.views.ways_to_decide import Ways
from tests.people.questions import tool_call

IN_TERMINAL, IN_FORM, ON_PAGE = (Channel.TERMINAL,), (Channel.ELICITATION,), (Channel.INBOX,)
SERVED = "http://127.0.0.1:8322"
NO_PAGES, UNSERVED, PAGES = Ways(), Ways(pages=True), Ways(pages=True, address=SERVED)
OPENED = Ways(pages=True, address=SERVED, opened=True)
PAGE = f"{SERVED}/inbox/interrupts/A7"
OR_REVIEW = ", or with `interrupt-mcp review` in a terminal"


def asked(*channels: tuple[Channel, ...] | None) -> Interrupt:
    """A question with one request for each, which is decided only through these channels."""
    made = tool_call({"to": "bob"})
    requests = (replace(made.wanted[0], index=index, terms=Terms(channels=only)) for index, only in enumerate(channels))
    return replace(made, question=replace(made.question, requests=tuple(requests)))


def test_each_channel_that_reaches_a_person_says_how() -> None:
    assert {way.channel for way in UNSERVED.all} == set(Channel.people())


@pytest.mark.parametrize(
    ("ways", "channels", "where", "who"),
    [
        (
            NO_PAGES,
            [None],
            "In a terminal: interrupt-mcp review A7",
            "a person decides it with `interrupt-mcp review` in a terminal",
        ),
        (
            NO_PAGES,
            [IN_FORM],
            "In a form, at a client that shows forms: resume_run with run_id r asks",
            "a person decides it in a form, at a client that shows forms",
        ),
        (
            NO_PAGES,
            [IN_TERMINAL, IN_FORM],
            "In a form, at a client that shows forms: resume_run with run_id r asks",
            "a person decides a part with `interrupt-mcp review` in a terminal, and the rest in a client's form",
        ),
        (
            NO_PAGES,
            [()],
            "Nowhere: policy leaves no channel for it; cancel_run with run_id r ends its run",
            "policy leaves no channel for it, so nobody decides it",
        ),
        (
            NO_PAGES,
            [ON_PAGE],
            "Nowhere: policy leaves no channel for it; cancel_run with run_id r ends its run",
            "policy leaves no channel for it, so nobody decides it",
        ),
        (
            UNSERVED,
            [None],
            "In the browser: interrupt-mcp inbox",
            f"a person decides it with `interrupt-mcp inbox` in the browser{OR_REVIEW}",
        ),
        (
            PAGES,
            [None],
            f"In the browser: {PAGE}",
            f"a person decides it in the browser at {PAGE} (`interrupt-mcp inbox` in a terminal signs in there)"
            f"{OR_REVIEW}",
        ),
        (
            OPENED,
            [None],
            f"In the browser, on the page that opens there: {PAGE}",
            f"a person decides it in the browser, on the page that opens there at {PAGE} (`interrupt-mcp inbox` in a"
            f" terminal signs in there){OR_REVIEW}",
        ),
        (
            PAGES,
            [IN_TERMINAL],
            "In a terminal: interrupt-mcp review A7",
            "a person decides it with `interrupt-mcp review` in a terminal",
        ),
        (
            PAGES,
            [ON_PAGE, IN_FORM],
            "In a form, at a client that shows forms: resume_run with run_id r asks",
            f"a person decides a part in the browser at {PAGE} (`interrupt-mcp inbox` in a terminal signs in there),"
            " and the rest in a client's form",
        ),
    ],
)
def test_where_a_person_decides_is_said_of_the_channels_that_policy_leaves(
    ways: Ways, channels: list[tuple[Channel, ...] | None], where: str, who: str
) -> None:
    interrupt = asked(*channels)
    assert ways.where_to_decide(interrupt, Approver.HUMAN) == where
    assert ways.who_decides([interrupt], Approver.HUMAN).startswith(f"{who}; ")


def test_of_several_interrupts_the_page_is_told_that_lists_them() -> None:
    said = PAGES.who_decides([asked(None), asked(None)], Approver.HUMAN)
    assert f"in the browser at {SERVED}/inbox (" in said


def test_a_form_says_where_else_it_can_be_decided() -> None:
    here = Channel.ELICITATION
    both, form = asked(None), asked(IN_FORM)
    elsewhere = "It can also be decided in a terminal: interrupt-mcp review A7"
    assert NO_PAGES.elsewhere(here, both, both.wanted[0]) == elsewhere
    assert PAGES.elsewhere(here, both, both.wanted[0]) == f"It can also be decided in the browser: {PAGE}"
    assert PAGES.elsewhere(here, form, form.wanted[0]) == "Policy has it decided nowhere else."
    assert NO_PAGES.shown_too(here, both.wanted) == "`interrupt-mcp review` in a terminal shows it too"
    assert PAGES.shown_too(here, both.wanted) == "`interrupt-mcp inbox` in the browser shows it too"
    assert PAGES.shown_too(here, form.wanted) == ""
