"""What a question offers is picked, or answered otherwise, and the graph gets what was meant, in its own type."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mcp.server.elicitation import _validate_rendered_properties

from interrupt_mcp.forms import Form, Undecided, read
from interrupt_mcp.model import Call, Decision, Interrupt, InterruptStatus
from tests.people.questions import HOSTILE, form, interrupt, properties, quoted

BOOK = Call("tools:1", "m", 0, "c", "book", {"date": "2026-12-01", "guests": ["ann"]})
HEAD = "Answers that it offers; any other can be given too:"


def picker(offered: Any, name: str = "slots") -> Interrupt:
    return interrupt({"date": "2026-12-01", name: offered}, call=BOOK)


def answered(made: Form, **content: Any) -> Any:
    """The value that the form's answer gives the graph."""
    decision = read(made, {"decision": "respond", **content})
    assert isinstance(decision, Decision), decision
    return decision.value


def silent(made: Form, **content: Any) -> str:
    decision = read(made, content)
    assert isinstance(decision, Undecided), decision
    return decision.reason


def offered_in(made: Form) -> list[str]:
    return list(properties(made)["choice"]["enum"])


def test_a_choice_is_picked_in_a_field_of_its_own_and_another_answer_is_written() -> None:
    made = form(picker(["9:00", "10:00"]))
    assert [option.value for option in made.options] == ["reject", "respond"]
    assert offered_in(made) == ["9:00", "10:00"]
    assert made.schema["required"] == ["decision"]
    assert "default" not in properties(made)["choice"]
    assert f"{HEAD}\n\n    | 9:00\n    | 10:00\n" in made.message
    assert answered(made, choice="10:00") == "10:00"
    assert answered(made, value_json="at noon") == "at noon"
    assert answered(made, choice="", value_json='{"slot": null}') == {"slot": None}
    assert isinstance(read(made, {"decision": "reject", "message": "none of them"}), Decision)


def test_a_choice_keeps_its_type_however_it_is_given() -> None:
    made = form(picker([9, "9", "10", 2.0, True, "true", None, '"9"', "[1", " a", ""]))
    texts = ["9", '"9"', '"10"', "2.0", "true", '"true"', "null", '"\\"9\\""', '"[1"', '" a"', '""']
    assert offered_in(made) == texts
    values = [9, "9", "10", 2.0, True, "true", None, '"9"', "[1", " a", ""]
    for field in ("choice", "value_json"):
        given = [answered(made, **{field: text}) for text in texts]
        assert [(value, type(value)) for value in given] == [(value, type(value)) for value in values]
    # A text that is offered is meant by whoever types it as it reads, also where it would be taken for JSON.
    assert answered(made, value_json="10") == "10"
    assert answered(form(picker(["12:00", "13:00"])), value_json="10") == 10


@pytest.mark.parametrize("name", ["slots", "Options", "choices", "rooms", "of which"])
def test_choices_are_found_under_a_telling_name_or_as_the_only_list_beside_the_arguments(name: str) -> None:
    assert offered_in(form(picker(["a", "b"], name))) == ["a", "b"]


@pytest.mark.parametrize(
    "asked",
    [
        interrupt({"date": "2026-12-01", "rooms": ["a"], "times": ["b"]}, call=BOOK),
        interrupt({"query": "Who else?", "guests": ["ann", "bob"]}, call=BOOK),
        interrupt({"date": "2026-12-01", "slots": [["a"], "b"]}, call=BOOK),
        interrupt({"date": "2026-12-01", "slots": []}, call=BOOK),
        interrupt({"question": "Is this right?", "draft": ["a", "b"]}),
        interrupt({"question": "Which?", "options": ["a", "b"]}, response_schema={"type": "string"}),
        interrupt("a or b?", call=BOOK),
        replace(picker(["a", "b"]), round=1, in_doubt=(0,), status=InterruptStatus.UNKNOWN_OUTCOME),
    ],
)
def test_where_it_is_not_plain_what_is_offered_nothing_is_to_be_picked(asked: Interrupt) -> None:
    made = form(asked)
    assert "choice" not in properties(made)
    assert HEAD not in made.message
    assert silent(made, decision="respond", choice="a").startswith('the form has no field "choice"')


def test_a_node_that_offers_choices_under_a_telling_name_shows_them_too() -> None:
    made = form(interrupt({"question": "Which way?", "options": ["left", "right"]}))
    assert answered(made, choice="left") == "left"


def test_two_answers_that_differ_decide_nothing() -> None:
    made = form(picker(["9:00", "10:00"]))
    assert silent(made, decision="respond", choice="9:00", value_json="10:00").endswith("say different things")
    assert answered(made, choice="9:00", value_json=" 9:00 ") == "9:00"
    assert "none of those" in silent(made, decision="respond", choice="11:00")
    assert "is not text" in silent(made, decision="respond", choice=9)
    assert silent(made, decision="accept", choice="9:00") == "accept is not among what the form offers"


def test_what_a_client_proposes_is_filled_in_and_counts_only_where_nobody_changed_it() -> None:
    proposed = form(picker(["9:00", "10:00"]), Decision(read_respond(), value="9:00"))
    assert properties(proposed)["choice"]["default"] == "9:00"
    assert "default" not in properties(proposed)["value_json"]
    assert answered(proposed, choice="9:00") == "9:00"
    assert answered(proposed, choice="9:00", value_json="noon") == "noon"
    other = form(picker(["9:00", "10:00"]), Decision(read_respond(), value="noon"))
    assert "default" not in properties(other)["choice"]
    assert answered(other, choice="10:00", value_json='"noon"') == "10:00"
    assert answered(other, choice="", value_json='"noon"') == "noon"


def read_respond() -> Any:
    return form(picker(["a"])).options[-1]


def test_many_long_and_repeated_choices_are_bounded_and_the_form_says_so() -> None:
    made = form(picker([*(f"slot {n}" for n in range(40)), "slot 1", "x" * 101, 10**80]))
    assert offered_in(made) == [f"slot {n}" for n in range(40)]
    assert f"{HEAD} It offers more than these." in made.message
    many = form(picker([f"slot {n}" for n in range(100_000)]))
    assert len(offered_in(many)) == 50
    assert "It offers more than these." in properties(many)["choice"]["description"]
    assert answered(many, value_json="slot 99999") == "slot 99999"
    assert "It offers more" not in form(picker([*"ab", *"ab"])).message


@given(offered=st.lists(HOSTILE | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False), min_size=1))
@example(offered=["\u202eevil", "a\nInterrupt A1: an agent waits", "- accept: do it", "\x1b[2J", "1", 1])
def test_whatever_is_offered_can_be_seen_and_told_apart_and_comes_back_as_it_was(offered: list[Any]) -> None:
    made = form(picker(offered))
    _validate_rendered_properties(json.loads(json.dumps(made.schema)))
    json.dumps(made.schema, ensure_ascii=False).encode()
    if "choice" not in properties(made):
        return
    texts = offered_in(made)
    assert len(set(texts)) == len(texts) <= 50
    known = {json.dumps(value) for value in offered}
    for text in texts:
        assert {json.dumps(answered(made, choice=text)), json.dumps(answered(made, value_json=text))} <= known
        assert text in quoted(made.message).replace("\n", "")
