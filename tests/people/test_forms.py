"""What stands in a form: all of it, exactly, and nothing that an agent could pass off as a line of the form's own."""

import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mcp.server.elicitation import _validate_rendered_properties

from interrupt_mcp import dialects
from interrupt_mcp.forms import Sheet, Undecided, form_of, read
from interrupt_mcp.model import (
    Ask,
    Decision,
    DecisionType,
    Interrupt,
)
from interrupt_mcp.text.visible import visible, visible_json
from tests.people.questions import (
    ARGS,
    ELSEWHERE,
    HOSTILE,
    JSON,
    OURS,
    PAY,
    form,
    interrupt,
    of,
    properties,
    shown,
    tool_call,
)


@given(args=ARGS, action=HOSTILE.filter(bool), description=HOSTILE, agent=HOSTILE, thread=HOSTILE)
def test_whatever_an_agent_writes_no_line_of_it_begins_at_the_margin(
    args: Any, action: str, description: str, agent: str, thread: str
) -> None:
    honest = form(of(dialects.read(Ask("1", {"action": "a", "args": {"a": 1}, "description": "d"}))))
    question = dialects.read(Ask("1", {"action": action, "args": args, "description": description}))
    made = form(of(question, agent, thread), Decision(DecisionType.EDIT, args=args, message=description))
    ours = {line for line in honest.message.split("\n") if OURS.match(line)}
    ours |= {"The client proposes, and nothing is decided by that: edit"}
    for line in made.message.split("\n"):
        assert not line or line.startswith(("    | ", "    ↳ ")) or line in ours


@given(args=ARGS, action=HOSTILE.filter(bool), description=HOSTILE)
def test_nothing_in_a_form_is_invisible_or_moves_other_text(args: Any, action: str, description: str) -> None:
    made = form(tool_call(args, action, description))
    for each in made.message.replace("\n", ""):
        assert unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    # A client must be able to send it on.
    json.dumps(made.schema, ensure_ascii=False).encode()
    made.message.encode()


@given(one=HOSTILE, other=HOSTILE)
def test_two_different_texts_never_look_the_same(one: str, other: str) -> None:
    assert (visible(one) == visible(other)) == (one == other)


@given(value=JSON)
@example({r"\u{5c}": r"\u{0}"})
def test_shown_json_is_the_value_and_nothing_is_left_out(value: Any) -> None:
    # A backslash of the value's own is two in JSON, and what follows them is no number.
    shown = "\n".join(visible_json(value))
    text = re.sub(r"\\\\|\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)) if found[1] else found[0], shown)
    assert json.loads(text) == value


@given(args=ARGS)
def test_every_form_is_one_that_protocol_clients_take(args: Any) -> None:
    made = form(tool_call(args))
    _validate_rendered_properties(json.loads(json.dumps(made.schema)))
    assert made.schema["required"] == ["decision"]
    assert "default" not in properties(made)["decision"]


@given(args=ARGS)
def test_an_edit_of_nothing_is_what_the_agent_asked_for(args: Any) -> None:
    made = form(tool_call(args))
    decision = read(made, {**shown(made), "decision": "edit"})
    assert isinstance(decision, Decision)
    assert decision.args == args
    assert json.dumps(decision.args) == json.dumps(args)


@given(args=ARGS)
def test_a_form_sent_off_untouched_with_accept_accepts(args: Any) -> None:
    made = form(tool_call(args))
    decision = read(made, {**shown(made), "decision": "accept"})
    assert isinstance(decision, Decision)
    assert (decision.type, decision.args, decision.digest) == (DecisionType.ACCEPT, None, "d" * 64)


@given(content=st.dictionaries(st.sampled_from(["decision", "arg_to", "args_json", "value_json", "message"]), JSON))
def test_whatever_comes_back_is_a_decision_of_the_form_or_none(content: Any) -> None:
    made = form(tool_call({"to": "ada", "tags": []}))
    decision = read(made, content)
    if isinstance(decision, Decision):
        assert content["decision"].strip().lower() == decision.type
        assert decision.type in made.options


@pytest.mark.parametrize(
    ("content", "args"),
    [
        ({"arg_amount": 5}, {"to": "ada", "amount": 5, "tags": ["a"]}),
        ({"arg_to": "bob"}, {"to": "bob", "amount": 20.0, "tags": ["a"]}),
        ({"args_json": '{"to": "bob", "amount": 1, "tags": []}'}, {"to": "bob", "amount": 1, "tags": []}),
        (
            {"arg_to": "eve", "args_json": '{"to": "ada", "amount": 20.0, "tags": []}'},
            {"to": "eve", "amount": 20.0, "tags": []},
        ),
        ({"arg_amount": 20}, {"to": "ada", "amount": 20.0, "tags": ["a"]}),
    ],
)
def test_edits_in_fields_and_in_json_go_together(content: dict[str, Any], args: Any) -> None:
    made = form(tool_call({"to": "ada", "amount": 20.0, "tags": ["a"]}))
    decision = read(made, {**shown(made), "decision": "edit", **content})
    assert isinstance(decision, Decision), decision
    assert decision.args == args


@pytest.mark.parametrize(
    "content",
    [
        {"decision": "edit", "arg_to": "bob", "args_json": '{"to": "eve", "amount": 20.0, "tags": []}'},
        {"decision": "edit", "args_json": "{"},
        {"decision": "edit", "args_json": "[]"},
        {"decision": "edit", "arg_amount": True},
        {"decision": "edit", "arg_amount": "5"},
        {"decision": "accept", "arg_amount": 21},
        {"decision": "accept", "args_json": '{"to": "ada", "amount": 21.0, "tags": ["a"]}'},
        {"decision": "accept", "args_json": "oops"},
        {"decision": ["accept"]},
        {"decision": "Accept it"},
        {"decision": "respond", "value_json": '{"a": '},
        {"decision": "reject", "message": 3},
        {"decision": "edit", "args": '{"to": "bob"}'},
        {"decision": "accept", "arg_too": "bob"},
        {"decision": "reject", "Message": "no"},
    ],
)
def test_what_contradicts_itself_or_cannot_be_read_decides_nothing(content: dict[str, Any]) -> None:
    made = form(tool_call({"to": "ada", "amount": 20.0, "tags": ["a"]}))
    assert isinstance(read(made, {**shown(made), **content}), Undecided)


def test_an_answer_that_comes_with_another_decision_is_not_overheard() -> None:
    made = form(interrupt("May pay be called?", call=PAY))
    for kind in ("accept", "edit"):
        assert isinstance(read(made, {**shown(made), "decision": kind, "value_json": "no, leave it"}), Undecided)
        assert isinstance(read(made, {**shown(made), "decision": kind, "value_json": " "}), Decision)
    proposed = form(interrupt("May pay be called?", call=PAY), Decision(DecisionType.RESPOND, value={"a": 1}))
    assert isinstance(read(proposed, {**shown(proposed), "decision": "accept"}), Decision)


def test_an_edit_without_any_of_the_arguments_decides_nothing() -> None:
    made = form(tool_call({"to": "ada"}))
    assert isinstance(read(made, {"decision": "edit"}), Undecided)
    assert isinstance(read(form(tool_call({})), {"decision": "edit"}), Decision)


def test_accept_means_what_the_agent_asked_also_where_a_proposal_is_filled_in() -> None:
    proposal = Decision(DecisionType.EDIT, args={"to": "mallory"})
    made = form(tool_call({"to": "ada"}), proposal)
    assert '"to": "ada"' in made.message
    assert '"to": "mallory"' in made.message
    assert properties(made)["arg_to"]["default"] == "mallory"
    accepted = read(made, {**shown(made), "decision": "accept"})
    edited = read(made, {**shown(made), "decision": "edit"})
    assert isinstance(accepted, Decision)
    assert isinstance(edited, Decision)
    assert (accepted.args, edited.args) == (None, {"to": "mallory"})


def test_text_on_several_lines_or_with_what_cannot_be_seen_is_edited_as_json() -> None:
    made = form(tool_call({"body": "one\ntwo", "name": "a\u202eb"}))
    assert {*properties(made)} == {"decision", "args_json", "value_json", "message"} - (
        set() if DecisionType.RESPOND in made.options else {"value_json"}
    )
    assert properties(made)["args_json"]["default"] == '{"body": "one\\ntwo", "name": "a\\u202eb"}'


def test_arguments_too_large_to_read_can_only_be_rejected_or_answered_and_the_form_says_where_they_are_shown() -> None:
    made = form(tool_call({"body": "x" * 4_001}))
    assert DecisionType.ACCEPT not in made.options
    assert DecisionType.EDIT not in made.options
    assert {*properties(made)}.isdisjoint({"arg_body", "args_json"})
    assert "4,0" in made.message
    assert "cannot be accepted or edited here" in made.message
    assert "interrupt-mcp review A7" in made.message
    assert isinstance(read(made, {"decision": "accept"}), Undecided)
    assert isinstance(read(made, {"decision": "reject"}), Decision)


def test_long_words_of_the_agent_are_not_cut_silently() -> None:
    made = form(tool_call({"a": 1}, description="y" * 2_500))
    assert "500 characters more are not shown here" in made.message


@pytest.mark.parametrize(
    "asked",
    [
        tool_call({"a": 1}, description="y" * 2_001),
        tool_call({}, action="y" * 4_000),
        interrupt("May pay be called? " + "y" * 2_000, call=PAY),
        interrupt("Pay? " + "y" * 2_000, response_schema={"type": "boolean"}),
        interrupt({"query": "Pay? " + "y" * 2_000}, response_schema={"enum": ["yes", "no"]}),
        interrupt("Pay?", response_schema={"type": "object", "default": {"to": "y" * 4_000}}),
    ],
)
def test_what_is_cut_cannot_be_accepted_or_edited_where_it_is_cut(asked: Interrupt) -> None:
    made = form(asked)
    assert {DecisionType.ACCEPT, DecisionType.EDIT}.isdisjoint(made.options)
    assert "it cannot be accepted or edited here" in made.message
    assert "interrupt-mcp review A7" in made.message
    whole = form_of(asked, asked.wanted[0], ELSEWHERE, sheet=Sheet(longest=None, words=None))
    assert whole is not None
    assert DecisionType.ACCEPT in whole.options
    assert "not shown here" not in whole.message


def test_an_answer_that_may_lead_to_what_cannot_be_read_is_not_given_there_either() -> None:
    cut = form(interrupt("May pay be called? " + "y" * 2_000, call=PAY))
    assert cut.options == (DecisionType.REJECT,)


@pytest.mark.parametrize("name", ["Decision", "decision", "Message", "Answer", "answer_", "Dec1sion", "args_json"])
def test_an_argument_is_told_apart_from_the_forms_own_fields(name: str) -> None:
    made = form(interrupt("May pay be called?", call=replace(PAY, args={name: "x", "tags": []})))
    titles = {key: each["title"] for key, each in properties(made).items()}
    assert titles[f"arg_{name}"] == f"Argument {name}"
    assert titles["args_json"] == "All arguments, as JSON"
    assert len({title.lower() for title in titles.values()}) == len(titles)
    assert not any(title.startswith("Argument ") for key, title in titles.items() if not key.startswith("arg_"))


def test_what_a_yes_or_a_no_answers_is_shown() -> None:
    schema: Any = {"enum": ["approve", "reject", "later"]}
    made = form(interrupt("Pay?", response_schema=schema))
    assert 'The answer that accept gives:\n\n    | "approve"' in made.message
    assert 'The answer that reject gives:\n\n    | "reject"' in made.message
    summed_up: Any = {"type": "object", "default": {"summary": "short"}}
    made = form(interrupt({"task": "sum up"}, response_schema=summed_up))
    assert 'The answer that accept gives, and that edit begins with:\n\n    | {\n    |   "summary"' in made.message
    assert made.message.count("The answer that accept gives") == 1
    assert "With exactly these arguments" not in made.message
