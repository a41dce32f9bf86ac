"""Decisions that are turned down, and what the person is told."""

from typing import Any, cast

import pytest

from interrupt_mcp.dialects import check_one, parse_type
from interrupt_mcp.errors import InvalidDecision, NotAllowed
from interrupt_mcp.model import Decision, DecisionType, Json, JsonObject, Question
from tests.dialects.payloads import (
    ADDRESS,
    APPROVAL,
    APPROVAL_SCHEMA,
    BATCH,
    BOOK,
    BOOKING,
    CARRIED,
    DOCS_TEXT,
    FORM,
    INBOX,
    INBOX_TEXT_ONLY,
    REFUND,
    REFUND_ARGS,
    SEND,
    SENSITIVE,
    SUMMARY,
    YES_NO,
    accept,
    call,
    check_all,
    decide,
    edit,
    question,
    reject,
    respond,
)

refund = question(APPROVAL, calls=(REFUND,))
docs = question(DOCS_TEXT, inside=BOOK)
inbox_bare = question(INBOX)


def nested(levels: int) -> Json:
    value: Json = 1
    for _ in range(levels):
        value = [value]
    return value


INVALID: list[tuple[str, Question, Decision, str]] = [
    ("edit without args", refund, decide(edit), "edit needs args"),
    ("edit with a value", refund, decide(edit, args=REFUND_ARGS, value=1), "edit takes no value"),
    ("accept with args", refund, decide(accept, args=REFUND_ARGS), "accept takes no args; change them with edit"),
    ("accept with a value", refund, decide(accept, value=None), "accept takes no value; give one with respond"),
    ("reject with args", refund, decide(reject, args={}), "reject takes no args"),
    ("reject with a value", refund, decide(reject, value="x"), "reject takes no value"),
    ("respond with args", refund, decide(respond, args={}), "respond takes no args"),
    ("respond with nothing", refund, decide(respond), "respond needs a value or a message"),
    ("respond with both", refund, decide(respond, message="x", value="x"), "value or message, not both"),
    ("no such request", refund, decide(accept, index=1), "no request with index 1, only 0"),
    ("a missing argument", refund, decide(edit, args={"order_id": 7}), '"amount", which the agent gave, is missing'),
    ("an unknown argument", refund, decide(edit, args={**REFUND_ARGS, "amuont": 1}), 'there is no argument "amuont"'),
    (
        "text for a number",
        refund,
        decide(edit, args={**REFUND_ARGS, "amount": "5"}),
        "argument amount: '5' is not of type 'number'",
    ),
    (
        "true for an integer",
        refund,
        decide(edit, args={**REFUND_ARGS, "order_id": True}),
        "argument order_id: True is not",
    ),
    (
        "a wrong type inside",
        refund,
        decide(edit, args={**REFUND_ARGS, "lines": [{"sku": 1}]}),
        r"argument lines\[0\]\.sku: 1 is",
    ),
    (
        "a missing part",
        refund,
        decide(edit, args={**REFUND_ARGS, "lines": [{}]}),
        r"argument lines\[0\]: 'sku' is a required",
    ),
    ("a tool's unknown argument", docs, decide(edit, args={**BOOKING, "price": 1}), 'there is no argument "price"'),
    ("a tool's missing argument", docs, decide(edit, args={"nights": 1}), '"hotel_name", which the agent gave'),
    (
        "args that do not go with its payload",
        question(SENSITIVE),
        decide(edit, args={**REFUND_ARGS, "action": "x"}),
        'no argument "action"',
    ),
    ("an inbox edit", inbox_bare, decide(edit, args={"order_id": 7, "x": 1}), '"amount".*; there is no argument "x"'),
    ("silence where words are all there is", question(INBOX_TEXT_ONLY), decide(reject), "reject needs a message"),
    (
        "blank where words are all there is",
        question(INBOX_TEXT_ONLY),
        decide(reject, message=" \n"),
        "reject needs a message",
    ),
    ("text for a form", question(FORM), decide(respond, message="Ann"), "the value must be an object"),
    ("a form with a wrong type", question(FORM), decide(respond, value={"name": 1}), "name: 1 is not of type 'string'"),
    ("a form with a hole", question(FORM), decide(respond, value={}), "'name' is a required property"),
    ("an object in a form", question(FORM), decide(respond, value={"name": "A", "x": {}}), '"x" must be one value'),
    (
        "a value without a schema's type",
        question("n?", {"type": "integer"}),
        decide(respond, value="5"),
        "'5' is not of type 'integer'",
    ),
    (
        "text where there is a schema",
        question("n?", {"type": "integer"}),
        decide(respond, message="5"),
        "'5' is not of type 'integer'",
    ),
    ("a word that is not in the enum", question("?", YES_NO), decide(respond, value="maybe"), "'maybe' is not one of"),
    (
        "an object that does not fit",
        question({"t": 1}, SUMMARY),
        decide(edit, args={}),
        "'edited_summary' is a required",
    ),
    (
        "a value too deep",
        question("?"),
        decide(respond, value=nested(65)),
        "value cannot be kept: nested deeper than 64",
    ),
    ("args too deep", refund, decide(edit, args={**REFUND_ARGS, "note": nested(70)}), "args cannot be kept: nested"),
    ("an integer that no checkpoint keeps", question("?"), decide(respond, value=[2**64]), "an integer beyond 64 bits"),
    ("half a character", question("?"), decide(respond, message="\ud800"), "message cannot be kept: not Unicode"),
    ("half a character in a name", question("?"), decide(respond, value={"\udfff": 1}), "not Unicode"),
    ("not a number", question("?"), decide(respond, value=float("nan")), "a number that is not finite"),
]


@pytest.mark.parametrize(("asked", "decision", "told"), [c[1:] for c in INVALID], ids=[c[0] for c in INVALID])
def test_an_invalid_decision_is_turned_down_with_what_is_wrong(asked: Question, decision: Decision, told: str):
    with pytest.raises(InvalidDecision, match=told):
        check_one(asked, decision)


@pytest.mark.parametrize(
    ("asked", "decision", "told"),
    [
        (
            question(BATCH),
            decide(edit, args={}, index=1),
            r"request 1 \(send\) cannot be decided with edit, only accept, reject",
        ),
        (question(APPROVAL, APPROVAL_SCHEMA), decide(reject), "cannot be decided with reject, only accept, edit"),
        (question(FORM), decide(accept), "only reject, respond"),
        (question(ADDRESS), decide(respond, value={}), "only accept, reject"),
        (question(CARRIED), decide(respond, value={}, index=1), "only accept, reject"),
        (question("Age?"), decide(reject), r"request 0 \(answer\) cannot be decided with reject, only respond"),
        (question("Age?"), decide(accept), "only respond"),
        (question(None, nodes=("a",)), decide(respond, value=1), "only accept, reject"),
        (question({**SENSITIVE, "allowed": ["accept"]}), decide(reject), "only accept"),
    ],
)
def test_a_type_that_is_not_allowed_is_turned_down_with_those_that_are(asked: Question, decision: Decision, told: str):
    with pytest.raises(NotAllowed, match=told):
        check_one(asked, decision)


def test_all_that_is_wrong_with_the_arguments_is_told_at_once():
    with pytest.raises(InvalidDecision) as told:
        check_one(refund, decide(edit, args={"amount": "5", "x": 1}))
    assert str(told.value).startswith(
        'request 0 (refund): the argument "order_id", which the agent gave, is missing from args; '
        "there is no argument \"x\"; argument amount: '5' is not of type 'number'"
    )


def test_an_argument_that_the_tool_requires_and_nobody_gave_is_named():
    asked = question("Refund?", inside=call("refund", {"amount": 1}, 0, REFUND.args_schema))
    with pytest.raises(
        InvalidDecision, match=r'^request 0 \(refund\): the argument "order_id" is missing from args\. '
    ):
        check_one(asked, decide(edit, args={"amount": 2}))


def test_of_very_many_faults_the_first_are_told():
    with pytest.raises(InvalidDecision, match="; and 92 more") as told:
        check_one(refund, decide(edit, args={**REFUND_ARGS, **{f"x{i}": i for i in range(100)}}))
    assert len(str(told.value)) < 500


def test_one_bad_decision_among_good_ones_is_found():
    with pytest.raises(NotAllowed):
        check_all(question(BATCH, calls=(REFUND, SEND)), {0: decide(accept), 1: decide(respond, value=1, index=1)})


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("args", ["x"], "args must be an object, not list"), ("message", 3, "message must be text, not int")],
)
def test_a_field_of_the_wrong_type_is_turned_down(field: str, value: Any, told: str):
    kind = edit if field == "args" else reject
    decision = Decision(kind, **cast("dict[str, Any]", {field: value}))
    with pytest.raises(InvalidDecision, match=told):
        check_one(refund, decision)


class TestWhatIsNotHeldAgainstThePerson:
    def test_an_integer_where_a_number_is_wanted(self):
        check_one(refund, decide(edit, args={**REFUND_ARGS, "amount": 5}))

    def test_an_optional_argument_that_the_agent_left_out(self):
        check_one(refund, decide(edit, args={**REFUND_ARGS, "note": None, "lines": [{"sku": "a"}]}))

    def test_an_argument_of_the_wrong_type_that_the_agent_gave_and_nobody_changed(self):
        given: JsonObject = {"order_id": "7", "amount": 1, "invented": True}
        asked = question(DOCS_TEXT, inside=call("refund", given, 0, REFUND.args_schema))
        check_one(asked, decide(edit, args={**given, "amount": 2}))
        with pytest.raises(InvalidDecision, match="argument order_id"):
            check_one(asked, decide(edit, args={**given, "order_id": "8"}))

    @pytest.mark.parametrize("more", [True, {}, {"type": "string"}])
    def test_a_new_name_where_the_tool_takes_any(self, more: Json):
        schema: JsonObject = {"type": "object", "properties": {"to": {}}, "additionalProperties": more}
        asked = question("Send?", inside=call("send", {"to": "bob"}, 0, schema))
        check_one(asked, decide(edit, args={"to": "bob", "cc": "ann"}))

    def test_a_new_name_is_turned_down_once_where_the_tool_takes_no_other(self):
        schema: JsonObject = {"type": "object", "properties": {"to": {}}, "additionalProperties": False}
        asked = question("Send?", inside=call("send", {"to": "bob"}, 0, schema))
        with pytest.raises(InvalidDecision, match=r'^request 0 \(send\): there is no argument "cc"\. '):
            check_one(asked, decide(edit, args={"to": "bob", "cc": "ann"}))

    @pytest.mark.parametrize(
        "broken",
        [
            {"type": "nonsense"},
            {"$ref": "#"},
            {"$ref": "#/$defs/nowhere"},
            {"$ref": "https://example.invalid/schema.json"},
            {"$id": "http://[", "$ref": "x"},
            {"type": "string", "pattern": "("},
            {"properties": 5},
            {"anyOf": []},
            {"not": nested(100)},
        ],
    )
    def test_a_schema_that_is_broken(self, broken: JsonObject):
        check_one(question("?", broken), decide(respond, value="x"))
        check_one(question("Send?", inside=call("s", {"a": 1}, 0, broken)), decide(edit, args={"a": 2}))


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("approve", accept),
        ("Approved", accept),
        ("ok", accept),
        ("yes", accept),
        ("ACCEPT", accept),
        ("edited", edit),
        ("ignore", reject),
        ("deny", reject),
        ("decline", reject),
        (" response ", respond),
        ("answer", respond),
    ],
)
def test_a_word_of_another_system_is_turned_down_with_the_right_one(word: str, right: DecisionType):
    with pytest.raises(InvalidDecision, match=f'is called "{right}" here'):
        parse_type(word)


@pytest.mark.parametrize("word", ["", "perhaps", "x" * 10_000])
def test_a_word_that_means_nothing_is_turned_down_with_all_four(word: str):
    with pytest.raises(InvalidDecision, match="only accept, edit, reject, respond"):
        parse_type(word)


@pytest.mark.parametrize("kind", list(DecisionType))
def test_the_four_words_are_taken_as_they_are(kind: DecisionType):
    assert parse_type(kind.value) is kind
