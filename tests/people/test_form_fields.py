"""What is asked for in a form: questions, schemas, objects to fill in, batches, and what settles a doubt."""

from dataclasses import replace
from typing import Any

import pytest

from interrupt_mcp.forms import form_of, read
from interrupt_mcp.model import (
    Decision,
    Interrupt,
    InterruptStatus,
)
from tests.people.questions import ELSEWHERE, form, interrupt, quoted, tool_call


def test_a_question_is_shown_whole_and_answered_with_text_or_json() -> None:
    asked = interrupt({"question": "Is this right?", "llm_output": "42"})
    made = form(asked)
    assert '"llm_output": "42"' in quoted(made.message)
    for typed, value in (("yes", "yes"), ('"yes"', "yes"), ("3", 3), ('{"a": 1}', {"a": 1}), ("null", None)):
        decision = read(made, {"decision": "respond", "value_json": typed})
        assert isinstance(decision, Decision)
        assert decision.value == value


def test_a_schema_of_text_takes_every_text_as_it_is() -> None:
    made = form(interrupt("Name?", response_schema={"type": "string"}))
    decision = read(made, {"decision": "respond", "value_json": "12"})
    assert isinstance(decision, Decision)
    assert decision.value == "12"


def test_an_object_to_fill_in_has_a_field_for_each_of_its_properties() -> None:
    schema: Any = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
        "required": ["name"],
    }
    made = form(interrupt("Who?", response_schema=schema))
    decision = read(made, {"decision": "edit", "arg_name": "Ada", "arg_age": 36})
    assert isinstance(decision, Decision)
    assert decision.args == {"name": "Ada", "age": 36}


def test_each_request_of_a_batch_shows_the_words_about_itself() -> None:
    asked = interrupt(
        {
            "action_requests": [
                {"name": "refund", "args": {"id": 1}, "description": "Money goes out"},
                {"name": "delete", "args": {"id": 2}, "description": "Cannot be undone"},
            ],
            "review_configs": [
                {"action_name": "refund", "allowed_decisions": ["approve", "reject"]},
                {"action_name": "delete", "allowed_decisions": ["approve", "reject"]},
            ],
        }
    )
    first, second = (form_of(asked, request, ELSEWHERE) for request in asked.wanted)
    assert first is not None
    assert second is not None
    assert "Money goes out" in first.message
    assert "Cannot be undone" not in first.message
    assert "request 2 of 2" in second.message


@pytest.mark.parametrize(
    ("asked", "dropped"),
    [(interrupt("Pay?"), "- reject: drop it, which ends the run\n"), (tool_call({"a": 1}), "- reject: drop it\n")],
)
def test_what_settles_an_unknown_outcome_is_said_of_a_step_and_of_a_call(asked: Interrupt, dropped: str) -> None:
    doubt = replace(asked, round=1, in_doubt=(0,), status=InterruptStatus.UNKNOWN_OUTCOME)
    made = form(doubt)
    assert "nobody knows whether it was done" in made.message
    assert dropped in made.message
    assert "goes on" not in made.message
