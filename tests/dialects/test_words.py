"""Whose words stand in a question: the agent's own, or ours."""

from dataclasses import replace

import pytest

from interrupt_mcp.dialects import Said, words_about
from interrupt_mcp.model import Question
from tests.dialects.payloads import (
    ALL_WORDS,
    BATCH,
    INBOX,
    REFUND,
    REFUND_ARGS,
    SENSITIVE,
    action_request,
    inbox,
    question,
    review_config,
)

SILENT_BATCH = {
    "action_requests": [action_request("refund", REFUND_ARGS)],
    "review_configs": [review_config("refund", *ALL_WORDS)],
}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (question(BATCH), "Refund?"),
        (question([INBOX]), "Please review"),
        (question(SENSITIVE, inside=REFUND), "Refund?"),
        (question("Sure?", inside=REFUND), "Sure?"),
        (question("How many?"), "How many?"),
        (question({"question": "How many?"}), "How many?"),
    ],
)
def test_what_the_agent_says_is_told_as_its_own(asked: Question, said: str) -> None:
    assert words_about(asked, 0) == Said(said, by_agent=True)


@pytest.mark.parametrize("asked", [question(SILENT_BATCH), question([inbox("refund", REFUND_ARGS, "accept", None)])])
def test_where_the_agent_says_nothing_no_words_are_made_for_it(asked: Question) -> None:
    assert words_about(asked, 0).text == ""


@pytest.mark.parametrize(
    "asked",
    [
        question(None, nodes=("plan",)),
        question(None, calls=(REFUND,), nodes=("tools",)),
        question({1: 2}),  # type: ignore[dict-item]
        replace(question(SENSITIVE, inside=REFUND), by_gate=True),
    ],
)
def test_what_we_say_is_not_told_as_the_agents(asked: Question) -> None:
    said = words_about(asked, 0)
    assert said.text
    assert not said.by_agent
