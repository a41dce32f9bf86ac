"""Payloads, schemas and decisions that nobody would send in good faith, and many that somebody might."""

import copy
import json
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interrupt_mcp.dialects import AnswerCall, DropCall, MakeCall, answer_schema, check_one, instruction, read, write
from interrupt_mcp.errors import InvalidDecision, NotAllowed
from interrupt_mcp.model import MISSING, Ask, Call, Decision, DecisionType, Dialect, Json, Question
from tests.dialects import payloads as p

WORDS = [
    *("action_requests", "review_configs", "name", "args", "description", "action_name", "allowed_decisions", "type"),
    *("tool_approval", "tool_call_id", "action_request", "action", "config", "allow_accept", "allow_ignore", "mode"),
    *("form", "url", "message", "requestedSchema", "requested_schema", "requests", "key", "mcp_elicitation", "allowed"),
    *("approve", "reject", "respond", "accept", "refund", "order_id", "query", "c0", "default", "enum", "oneOf"),
    *("properties", "$ref", "#", "#/$defs/refund", "object", "boolean", "string", "required", "const", "$defs"),
]
texts = st.sampled_from(WORDS) | st.text(max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
jsons: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=5), max_leaves=12
)
not_json = st.sampled_from([object(), (1, 2), {1: 2}, {None: []}, b"x", {1, 2}, Ellipsis]).map(copy.deepcopy)
KNOWN: list[Any] = [
    *(p.BATCH, p.APPROVAL, p.INBOX, [p.INBOX, p.INBOX_TEXT_ONLY], p.FORM, p.ADDRESS, p.CARRIED, p.SENSITIVE),
    *(p.DOCS_TEXT, {"query": "What now?"}, {"tool": "refund", "order_id": 1}, {"task": "Review"}, None),
]
SCHEMAS: list[Any] = [
    None,
    p.APPROVAL_SCHEMA,
    p.YES_NO,
    p.SUMMARY,
    {"type": "boolean"},
    {"type": "integer"},
    {"$ref": "#"},
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container in the value with every key or index of it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(value, key) for key, _ in items]
    return found + [place for _, key in found for place in places(value[key])]


@st.composite
def bent(draw: st.DrawFn, known: list[Any]) -> Any:
    """Draw something known, with up to two places replaced, removed or added to."""
    value = copy.deepcopy(draw(st.sampled_from(known)))
    for _ in range(draw(st.integers(0, 2))):
        if not (found := places(value)):
            break
        container, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del container[key]
            case "add" if isinstance(container, dict):
                container[draw(texts)] = draw(jsons)
            case _:
                container[key] = draw(jsons | not_json)
    return value


values = bent(KNOWN) | jsons | not_json
schemas = bent(SCHEMAS) | st.none() | st.dictionaries(texts, jsons, max_size=4)
calls = st.sampled_from([p.REFUND, p.SEND, p.BOOK, p.ASSISTANCE]) | st.builds(
    p.call, texts, st.dictionaries(texts, jsons, max_size=3), st.integers(0, 2), schemas, texts
)


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    return Ask(
        langgraph_id="id",
        value=draw(values),
        response_schema=draw(schemas),
        call=draw(st.none() | calls),
        calls=tuple(draw(st.lists(calls, max_size=3))),
        breakpoint_nodes=tuple(draw(st.just([]) | st.lists(texts, max_size=2))),
    )


@st.composite
def decisions_for(draw: st.DrawFn, asked: Question) -> dict[int, Decision]:
    """Draw one decision for every request, likely enough to be right that many are."""
    made = {}
    for request in asked.requests:
        kind = draw(st.sampled_from(request.allowed) | st.sampled_from(DecisionType))
        likely_args = st.just(request.args) | st.dictionaries(texts, jsons, max_size=2).map(request.args.__or__)
        likely_value = jsons | st.sampled_from([{"name": "A"}, "Approve", True, 1, {"edited_summary": "x"}])
        wants_args = kind is DecisionType.EDIT or draw(st.integers(0, 9)) == 0
        wants_value = kind is DecisionType.RESPOND or draw(st.integers(0, 9)) == 0
        made[request.index] = Decision(
            kind,
            request.index,
            draw(likely_args) if wants_args else None,
            draw(st.none() | st.none() | st.text(max_size=5)),
            draw(likely_value) if wants_value else MISSING,
        )
    return made


unhurried = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(ask=asks())
@example(ask=p.ask({**p.BATCH, "action_requests": [None]}))
def test_whatever_is_asked_becomes_a_question_that_somebody_can_answer(ask: Ask):
    asked = read(ask)
    assert asked.requests
    assert [r.index for r in asked.requests] == list(range(len(asked.requests)))
    for request in asked.requests:
        assert request.allowed
        assert isinstance(request.action, str)
        assert isinstance(request.args, dict)
        answer_schema(asked, request.index)


@unhurried
@given(ask=asks(), data=st.data())
def test_a_decision_is_turned_down_or_becomes_an_answer_that_can_be_kept(ask: Ask, data: st.DataObject):
    asked = read(ask)
    decided = data.draw(decisions_for(asked))
    try:
        p.check_all(asked, decided)
    except (InvalidDecision, NotAllowed):
        return
    json.dumps(write(asked, decided), allow_nan=asked.dialect is Dialect.FREEFORM)
    for decision in decided.values():
        assert isinstance(instruction(asked, decision), MakeCall | DropCall | AnswerCall)


@unhurried
@given(ask=asks(), data=st.data())
def test_a_rejected_call_is_never_made_unless_the_one_who_asks_has_a_word_for_no(ask: Ask, data: st.DataObject):
    asked = read(ask)
    request = data.draw(st.sampled_from(asked.requests))
    decision = Decision(DecisionType.REJECT, request.index, message="no")
    has_a_word = asked.dialect in (Dialect.ELICITATION, Dialect.FREEFORM) or (
        asked.dialect is Dialect.AGENT_INBOX and len(asked.requests) > 1
    )
    if DecisionType.REJECT in request.allowed and not has_a_word:
        assert instruction(asked, decision) == DropCall("no")


def nested(levels: int, inner: Json = 1) -> Json:
    value = inner
    for _ in range(levels):
        value = {"args": [value]}
    return value


DEEP = nested(sys.getrecursionlimit())
WIDE: Json = {
    "review_configs": [p.review_config("refund", "approve")],
    "action_requests": [{"name": "refund", "args": {}}] * 5000,
}


@pytest.mark.parametrize(
    "value",
    [
        DEEP,
        {**p.BATCH, "action_requests": [{"name": "refund", "args": {"x": DEEP}}]},
        {**p.INBOX, "description": DEEP},
        [p.INBOX, DEEP],
        {**p.FORM, "requestedSchema": DEEP},
        {**p.SENSITIVE, "args": {"x": DEEP}},
    ],
)
def test_a_payload_too_deep_to_look_at_is_freeform_and_says_so(value: Json):
    asked = p.question(value, inside=p.REFUND, calls=(p.REFUND,))
    assert asked.dialect is Dialect.FREEFORM
    assert asked.description == "A question that cannot be shown, nested deeper than 64 levels."
    check_one(asked, p.decide(p.respond, value="x"))


def test_a_payload_that_contains_itself_is_freeform():
    loop: list[Any] = []
    loop.append(loop)
    assert p.question(loop).dialect is Dialect.FREEFORM


def test_deep_arguments_of_a_call_and_deep_schemas_are_not_looked_into():
    deep = Call("ns", "m", 0, "c0", "refund", {"x": DEEP}, {"properties": {"x": DEEP}})
    assert p.question(p.BATCH, calls=(deep,)).requests[0].call is None
    asked = p.question("Refund?", inside=deep)
    with pytest.raises(InvalidDecision, match="nested deeper"):
        check_one(asked, p.decide(p.edit, args={"x": DEEP}))
    check_one(asked, p.decide(p.edit, args={"x": 1}))
    shown = {"type": "object", "not": DEEP}
    check_one(p.question("?", {"type": "string", "not": DEEP}), p.decide(p.respond, value=1))
    check_one(p.question("?", shown), p.decide(p.respond, value=1))


def test_a_very_long_batch_is_read_and_answered():
    asked = p.question(WIDE, calls=(p.REFUND, p.SEND))
    decided = {r.index: p.decide(p.accept, index=r.index) for r in asked.requests}
    p.check_all(asked, decided)
    answer = write(asked, decided)
    assert isinstance(answer, dict)
    assert answer["decisions"] == [{"type": "approve"}] * 5000
