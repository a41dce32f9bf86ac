"""All other payloads: forms, questions inside tools, `sensitive` functions, breakpoints, and what has no shape."""

from dataclasses import replace

import pytest

from interrupt_mcp.dialects import answer_schema
from interrupt_mcp.model import Call, Dialect, Json, JsonObject
from tests.dialects.payloads import (
    ADDRESS,
    ASSISTANCE,
    BOOK,
    BOOKING,
    CARRIED,
    DOCS_TEXT,
    EVERY_TYPE,
    FORM,
    FORM_SCHEMA,
    REFUND,
    REFUND_ARGS,
    REFUND_SCHEMA,
    SEND,
    SENSITIVE,
    SUMMARY,
    YES_NO,
    accept,
    call,
    edit,
    only,
    question,
    reject,
    respond,
)


class TestElicitation:
    def test_langchains_has_one_request_a_question(self):
        asked = question(CARRIED)
        assert asked.dialect is Dialect.ELICITATION
        assert [(r.action, r.args, r.allowed) for r in asked.requests] == [
            ("signup", {"message": "Who?"}, (reject, respond)),
            ("signup", {"message": "Sign in", "url": "https://example.org/login"}, (accept, reject)),
        ]
        assert [answer_schema(asked, i) for i in (0, 1, 2)] == [FORM_SCHEMA, None, None]

    def test_agent_servers_is_one_request(self):
        assert [question(v).dialect for v in (FORM, ADDRESS)] == [Dialect.ELICITATION] * 2
        assert (only(FORM).action, only(FORM).args, only(FORM).allowed) == (
            "elicitation",
            {"message": "Who?"},
            (reject, respond),
        )
        assert only(ADDRESS).allowed == (accept, reject)

    def test_inside_a_tool_it_is_about_that_call(self):
        assert [r.call for r in question(CARRIED, inside=REFUND).requests] == [REFUND, REFUND]

    @pytest.mark.parametrize(
        "odd",
        [
            {**CARRIED, "requests": []},
            {**CARRIED, "requests": {}},
            {**CARRIED, "requests": [CARRIED["requests"][0]] * 2},
            {**CARRIED, "requests": [{**CARRIED["requests"][0], "key": 1}]},
            {**CARRIED, "requests": [{**CARRIED["requests"][0], "mode": "video"}]},
            {**CARRIED, "requests": [CARRIED["requests"][1], None]},
            {**FORM, "requestedSchema": "any"},
            {**FORM, "message": None},
            {**ADDRESS, "url": ""},
            {**ADDRESS, "url": 5},
        ],
    )
    def test_what_is_almost_of_this_shape_is_freeform(self, odd: Json):
        assert question(odd).dialect is Dialect.FREEFORM


class TestToolCall:
    @pytest.mark.parametrize(
        "value",
        [
            DOCS_TEXT,
            "Sure?",
            None,
            True,
            ["Sure?"],
            {"tool": "book_hotel"},
            {"message": "May I call book_hotel?"},
            {"hotel_name": "another"},
            {"question": "Sure?", "proposal": {"deep": [{"nights": 3}]}},
            {"question": "Sure?", "options": [BOOKING]},
            {"book_hotel": "?"},
            {"task": "approve", "hotel_name": "McKittrick"},
            {"question": "Approve?", "tool": "book_hotel", "args": BOOKING},
            {"action": "book_hotel", "args": BOOKING, "risks": ["no refund", "far away"]},
            {"action": "Book a hotel", "arguments": BOOKING, "price": 100},
            {"tool": "book_hotel", "price": 100, "shown": ["a", "b"]},
            {"tool": "book_hotel", "options": ["accept", "edit", "reject"]},
            {"tool": "book_hotel", "options": []},
            {"message": "May I call book_hotel?", "hotel_name": "McKittrick", "warning": None},
            {"hotel_name": "McKittrick", "questions": ["Sure?", "Really?"]},
        ],
    )
    def test_what_a_tool_asks_about_its_call_is_that_call(self, value: Json):
        asked = question(value, inside=BOOK)
        (request,) = asked.requests
        assert asked.dialect is Dialect.TOOL_CALL
        assert (request.action, request.args, request.args_schema) == ("book_hotel", BOOKING, BOOK.args_schema)
        assert (request.call, request.allowed) == (BOOK, EVERY_TYPE)

    @pytest.mark.parametrize(
        ("value", "description"),
        [
            ("Sure?", "Sure?"),
            ({"tool": "book_hotel", "question": "Sure?"}, "Sure?"),
            ({"tool": "book_hotel", "n": 1}, '{"tool":"book_hotel","n":1}'),
        ],
    )
    def test_the_description_is_in_the_payloads_own_words(self, value: Json, description: str):
        assert question(value, inside=BOOK).description == description

    @pytest.mark.parametrize(
        "value",
        [
            {"query": "What now?"},
            {"question": "Who pays?", "options": ["me", "you"]},
            {"topic": "money", "urgent": True},
            {},
        ],
    )
    @pytest.mark.parametrize("inside", [ASSISTANCE, BOOK])
    def test_an_object_that_names_neither_tool_nor_arguments_is_a_question(self, value: Json, inside: Call):
        asked = question(value, inside=inside)
        (request,) = asked.requests
        assert asked.dialect is Dialect.FREEFORM
        assert (request.call, request.allowed) == (inside, (reject, respond))

    @pytest.mark.parametrize(
        "value",
        [
            {"hotel_name": "McKittrick", "rooms": ["101", "102"]},
            {"hotel_name": "McKittrick", "rooms": []},
            {"hotel_name": "McKittrick", "nights": 2, "price": 90},
            {"hotel_name": "McKittrick", "question": {"price": 90}},
            {"request": {"hotel_name": "McKittrick", "rooms": [1, 2]}},
            {"message": "Which room shall book_hotel take?", "rooms": ["101", "102"]},
            {"tool": "book_hotel", "args": BOOKING, "options": ["approve", "deny"]},
            {"tool": "book_hotel", "Slots": ["9:00", "10:00"]},
            {"question": "Which?", "options": [BOOKING, {"hotel_name": "Ritz"}]},
            {"question": "Which?", "choices": [{"hotel_name": "Ritz"}]},
        ],
    )
    def test_choices_and_keys_beyond_the_calls_arguments_make_a_question(self, value: Json):
        asked = question(value, inside=BOOK)
        (request,) = asked.requests
        assert asked.dialect is Dialect.FREEFORM
        assert (request.action, request.args) == ("book_hotel", BOOKING)
        assert (request.call, request.allowed) == (BOOK, (reject, respond))

    def test_a_list_that_is_an_argument_of_the_call_offers_nothing(self):
        poll = call("poll", {"title": "Lunch?", "slots": ["12:00", "13:00"]})
        assert question({"title": "Lunch?", "slots": ["12:00", "13:00"]}, inside=poll).dialect is Dialect.TOOL_CALL
        assert question({"title": "Lunch?", "slots": ["12:00"]}, inside=poll).dialect is Dialect.FREEFORM

    def test_a_question_that_the_model_put_the_tools_name_into_is_still_a_question(self):
        text = "Should I use human_assistance again?"
        inside = call("human_assistance", {"query": text})
        assert question({"query": text}, inside=inside).dialect is Dialect.FREEFORM

    def test_a_name_that_is_part_of_another_word_names_nothing(self):
        assert question({"topic": "a task"}, inside=call("ask", {"x": 1})).dialect is Dialect.FREEFORM

    def test_with_a_response_schema_it_is_freeform(self):
        assert question(DOCS_TEXT, {"type": "boolean"}, inside=BOOK).dialect is Dialect.FREEFORM

    def test_a_sensitive_function_outside_a_tool_shows_its_own_arguments(self):
        asked = question(SENSITIVE)
        (request,) = asked.requests
        assert asked.dialect is Dialect.TOOL_CALL
        assert (request.action, request.args, request.allowed) == ("refund", REFUND_ARGS, (accept, edit, reject))
        assert (request.call, asked.description) == (None, "Refund?")

    def test_a_sensitive_tool_is_about_its_call_and_shows_its_defaults_too(self):
        whole = {**REFUND_ARGS, "note": None}
        request = only({**SENSITIVE, "args": whole}, inside=REFUND)
        assert (request.call, request.args, request.args_schema) == (REFUND, whole, REFUND_SCHEMA)

    def test_a_sensitive_function_inside_another_tool_is_not_about_that_tools_call(self):
        request = only(SENSITIVE, inside=BOOK)
        assert (request.action, request.args, request.call) == ("refund", REFUND_ARGS, None)

    def test_a_sensitive_function_that_has_its_tools_name_and_other_arguments_shows_its_own(self):
        request = only({**SENSITIVE, "args": {**REFUND_ARGS, "amount": 900}}, inside=REFUND)
        assert (request.args, request.call) == ({**REFUND_ARGS, "amount": 900}, None)
        assert request.args_schema == REFUND_SCHEMA

    def test_a_sensitive_payload_says_which_types_are_allowed(self):
        assert only({**SENSITIVE, "allowed": ["respond"]}).allowed == (respond,)
        assert only({**SENSITIVE, "allowed": ["reject", "accept", "approve", 1]}).allowed == (accept, reject)

    @pytest.mark.parametrize(
        "odd",
        [
            {**SENSITIVE, "allowed": []},
            {**SENSITIVE, "allowed": "accept"},
            {**SENSITIVE, "args": []},
            {**SENSITIVE, "description": None},
            {**SENSITIVE, "more": 1},
            {"action": "refund", "args": {}},
        ],
    )
    def test_what_is_almost_a_sensitive_payload_is_freeform(self, odd: Json):
        assert question(odd).dialect is Dialect.FREEFORM


class TestBreakpoint:
    def test_it_asks_whether_to_go_on_with_the_nodes(self):
        asked = question(None, nodes=("plan", "act"))
        (request,) = asked.requests
        assert asked.dialect is Dialect.BREAKPOINT
        assert (request.action, request.args, request.allowed) == ("continue with plan, act", {}, (accept, reject))
        assert asked.description == (
            "The run stands at a breakpoint. What comes next: plan, act."
            " To accept `continue with …` is to go on; to reject it is to cancel the run."
        )

    def test_it_asks_about_each_call_that_is_made_next_and_about_the_other_nodes(self):
        asked = question({"done": []}, calls=(REFUND, SEND), nodes=("tools", "plan"))
        assert [(r.action, r.args, r.allowed, r.call) for r in asked.requests] == [
            ("refund", REFUND_ARGS, EVERY_TYPE, REFUND),
            ("send", SEND.args, EVERY_TYPE, SEND),
            ("continue with plan", {}, (accept, reject), None),
        ]
        assert asked.value == {"done": []}
        assert "to reject it is to cancel the run" in asked.description

    def test_before_calls_alone_nothing_cancels_the_run(self):
        asked = question(None, calls=(REFUND,), nodes=("tools",))
        assert [r.action for r in asked.requests] == ["refund"]
        assert "cancel" not in asked.description

    def test_defaults_are_among_the_arguments(self):
        asked = question(None, calls=(replace(REFUND, defaults={"note": "none"}),), nodes=("tools",))
        assert asked.requests[0].args == {**REFUND_ARGS, "note": "none"}

    def test_a_state_that_cannot_be_shown_is_said_to_be_so(self):
        asked = question({"x": {1: 2}}, nodes=("plan",))  # type: ignore[dict-item]
        assert asked.value is None
        assert "cannot be shown, not JSON" in asked.description


class TestFreeform:
    @pytest.mark.parametrize("value", [None, "What is your age?", 3, [], ["a"], {"text_to_revise": "x"}])
    def test_any_other_payload_is_answered_with_a_value(self, value: Json):
        asked = question(value)
        assert asked.dialect is Dialect.FREEFORM
        assert (only(value).action, only(value).args, only(value).allowed) == ("answer", {}, (respond,))

    @pytest.mark.parametrize(
        ("schema", "allowed"),
        [
            ({"type": "boolean"}, (accept, reject, respond)),
            (YES_NO, (accept, reject, respond)),
            ({"enum": [True, False]}, (accept, reject, respond)),
            ({"enum": ["deny", "yes"]}, (accept, reject, respond)),
            ({"$ref": "#/$defs/Way", "$defs": {"Way": YES_NO}}, (accept, reject, respond)),
            ({"enum": ["approve", "later"]}, (respond,)),
            ({"enum": ["red", "green"]}, (respond,)),
            ({"type": "string"}, (respond,)),
            ({"type": "string", "default": "fine"}, (accept, respond)),
            ({"type": "string", "default": 3}, (respond,)),
            ({"type": "object"}, (edit, respond)),
            (SUMMARY, (accept, edit, respond)),
            ({**SUMMARY, "default": {}}, (edit, respond)),
        ],
    )
    def test_a_response_schema_says_which_types_stand_for_an_answer(
        self, schema: JsonObject, allowed: tuple[object, ...]
    ):
        assert only({"q": 1}, schema).allowed == allowed

    def test_an_object_to_fill_in_shows_its_schema_and_its_default(self):
        request = only({"task": "Review"}, SUMMARY)
        assert (request.args, request.args_schema) == ({"edited_summary": "as generated"}, SUMMARY)
        assert answer_schema(question({"task": "Review"}, SUMMARY)) == SUMMARY
