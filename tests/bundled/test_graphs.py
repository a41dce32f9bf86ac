"""The bundled graphs without a model: what they ask, and what becomes of the answer."""

import pytest

from interrupt_mcp_agents import approve_output, review_summary, revise_text, revise_texts


def test_a_persons_answer_takes_the_place_of_the_text(thread_of):
    thread = thread_of(revise_text.graph)

    (asked,) = thread.start({"some_text": "original text"})
    thread.answer("edited text")

    assert asked.value == {"text_to_revise": "original text"}
    assert thread.values == {"some_text": "edited text"}


def test_two_texts_are_asked_about_at_once_and_each_gets_its_own_answer(thread_of):
    thread = thread_of(revise_texts.graph)

    one, two = thread.start({"text_1": "one", "text_2": "two"})
    thread.answer_by_id({two.id: "TWO", one.id: "ONE"})

    assert [one.value, two.value] == [{"text_to_revise": "one"}, {"text_to_revise": "two"}]
    assert thread.values == {"text_1": "ONE", "text_2": "TWO"}


def test_one_of_two_texts_can_be_answered_before_the_other(thread_of):
    thread = thread_of(revise_texts.graph)

    one, two = thread.start({"text_1": "one", "text_2": "two"})

    assert thread.answer_by_id({two.id: "TWO"}) == (one,)
    assert thread.answer_by_id({one.id: "ONE"}) == ()
    assert thread.values == {"text_1": "ONE", "text_2": "TWO"}


@pytest.mark.parametrize(
    ("answer", "decision", "result"),
    [
        ("approve", "approved", "Published: We are happy to announce new hours."),
        ("reject", "rejected", "Not published: We are happy to announce new hours."),
        ("maybe", "rejected", "Not published: We are happy to announce new hours."),
    ],
)
def test_only_a_clear_yes_takes_the_approved_path(thread_of, answer, decision, result):
    thread = thread_of(approve_output.graph)

    (asked,) = thread.start({"topic": "new hours"})
    thread.answer(answer)

    assert asked.value == {
        "question": "Do you approve the following output?",
        "llm_output": "We are happy to announce new hours.",
    }
    assert asked.response_schema == {"type": "string", "enum": ["approve", "reject"]}
    assert (thread.values["decision"], thread.values["result"]) == (decision, result)


def test_an_output_that_is_handed_in_is_the_one_that_is_asked_about(thread_of):
    thread = thread_of(approve_output.graph)

    (asked,) = thread.start({"llm_output": "Hello."})

    assert asked.value["llm_output"] == "Hello."


def test_the_edited_summary_is_the_one_that_is_reported(thread_of):
    thread = thread_of(review_summary.graph)

    (asked,) = thread.start({"text": "The cat sat. The dog ran."})
    thread.answer({"edited_summary": "A cat sat."})

    assert asked.value == {
        "task": "Please review and edit the generated summary if necessary.",
        "generated_summary": "The cat sat.",
    }
    assert thread.values["summary"] == "A cat sat."
    assert thread.values["report"] == "Report\n\nA cat sat."


def test_to_accept_a_summary_stands_for_the_generated_one(thread_of):
    thread = thread_of(review_summary.graph)

    (asked,) = thread.start({"text": "The cat sat. The dog ran."})
    thread.answer(asked.response_schema["default"])

    assert thread.values["summary"] == "The cat sat."


@pytest.mark.parametrize("agent", [approve_output, review_summary])
def test_an_agent_that_needs_no_input_starts_without(thread_of, agent):
    assert len(thread_of(agent.graph).start({})) == 1
