"""Payloads that ask about actions and say which decisions they allow: the middleware's and Agent Inbox's."""

import pytest

from interrupt_mcp.model import Dialect, Json, JsonObject
from tests.dialects.payloads import (
    APPROVAL,
    APPROVAL_SCHEMA,
    BATCH,
    EVERY_TYPE,
    INBOX,
    REFUND,
    REFUND_ARGS,
    REFUND_SCHEMA,
    SEND,
    SENDING,
    accept,
    action_request,
    call,
    edit,
    inbox,
    only,
    question,
    reject,
    respond,
    review_config,
)


class TestMiddleware:
    def test_a_batch_has_one_request_an_action_with_the_types_allowed_for_it(self):
        asked = question(BATCH, calls=(REFUND, SEND))
        assert asked.dialect is Dialect.MIDDLEWARE
        assert [(r.index, r.action, r.args) for r in asked.requests] == [
            (0, "refund", REFUND_ARGS),
            (1, "send", SENDING),
        ]
        assert [r.allowed for r in asked.requests] == [EVERY_TYPE, (accept, reject)]
        assert asked.description == "Refund?\n\nSend?"
        assert asked.value == BATCH

    def test_each_action_of_a_batch_is_bound_to_its_call_and_shows_the_schema_of_its_tool(self):
        refund, send = question(BATCH, calls=(REFUND, SEND)).requests
        assert (refund.call, refund.args_schema) == (REFUND, REFUND_SCHEMA)
        assert (send.call, send.args_schema) == (SEND, None)

    def test_two_equal_actions_are_bound_to_two_calls(self):
        first, second = call("send", SENDING, 0), call("send", SENDING, 1)
        twice: JsonObject = {
            "action_requests": [action_request("send", SENDING)] * 2,
            "review_configs": [review_config("send", "approve")] * 2,
        }
        assert [r.call for r in question(twice, calls=(first, second)).requests] == [first, second]

    def test_an_action_that_no_call_has_the_arguments_of_is_bound_to_none(self):
        other = call("refund", {**REFUND_ARGS, "amount": 12}, 0, REFUND_SCHEMA)
        refund, _ = question(BATCH, calls=(other,)).requests
        assert refund.call is None
        assert refund.args_schema == REFUND_SCHEMA

    def test_numbers_that_are_equal_but_of_another_type_are_other_arguments(self):
        one: JsonObject = {
            "action_requests": [action_request("send", {"n": 1})],
            "review_configs": [review_config("send", "approve")],
        }
        assert only(one, calls=(call("send", {"n": True}),)).call is None
        assert only(one, calls=(call("send", {"n": 1}),)).call is not None

    def test_a_review_config_out_of_place_is_found_by_name(self):
        swapped: JsonObject = {
            **BATCH,
            "review_configs": [review_config("send", "reject"), review_config("refund", "edit")],
        }
        assert [r.allowed for r in question(swapped).requests] == [(edit,), (reject,)]

    def test_two_configs_of_one_name_go_by_place(self):
        twice: JsonObject = {
            "action_requests": [action_request("send", {"n": 1}), action_request("send", {"n": 2})],
            "review_configs": [review_config("send", "approve"), review_config("send", "reject")],
        }
        assert [r.allowed for r in question(twice).requests] == [(accept,), (reject,)]

    def test_one_call_is_found_by_its_id(self):
        asked = question(APPROVAL, APPROVAL_SCHEMA, calls=(call("refund", REFUND_ARGS, 1), REFUND, SEND))
        assert asked.dialect is Dialect.MIDDLEWARE
        assert asked.requests[0].call == REFUND
        assert asked.requests[0].args_schema == REFUND_SCHEMA
        assert asked.description == "Refund?"

    def test_of_calls_that_share_an_id_the_one_with_the_arguments_is_meant(self):
        other = call("refund", {"order_id": 1}, 0, call_id="same")
        meant = call("refund", REFUND_ARGS, 1, call_id="same")
        assert only({**APPROVAL, "tool_call_id": "same"}, APPROVAL_SCHEMA, calls=(other, meant)).call == meant

    def test_an_id_of_a_call_of_another_tool_binds_nothing(self):
        assert only({**APPROVAL, "tool_call_id": "c1"}, APPROVAL_SCHEMA, calls=(SEND,)).call is None

    def test_one_call_allows_what_its_schema_has_a_branch_for(self):
        assert only(APPROVAL, APPROVAL_SCHEMA).allowed == (accept, edit)
        assert only(APPROVAL, {"properties": {"type": {"const": "reject"}}}).allowed == (reject,)
        assert only(APPROVAL).allowed == EVERY_TYPE

    def test_without_the_call_the_arguments_schema_is_the_one_of_the_edit_branch(self):
        schema = only(APPROVAL, APPROVAL_SCHEMA).args_schema
        assert schema is not None
        assert schema["properties"] == {"order_id": {"type": "integer"}, "amount": {"type": "number"}}

    @pytest.mark.parametrize(
        "odd",
        [
            {**BATCH, "review_configs": []},
            {**BATCH, "review_configs": "all"},
            {**BATCH, "action_requests": []},
            {**BATCH, "action_requests": [*BATCH["action_requests"], "send"]},
            {**BATCH, "action_requests": [{"name": 3, "args": {}}]},
            {**BATCH, "action_requests": [{"name": "refund", "args": [1]}]},
            {**BATCH, "action_requests": [{"name": "refund"}]},
            {**BATCH, "review_configs": [review_config("refund", "maybe", 3, None), review_config("send")]},
            {**APPROVAL, "args": None},
            {**APPROVAL, "name": ""},
            {**APPROVAL, "type": "tool_approvals"},
        ],
    )
    def test_what_is_almost_of_this_shape_is_freeform(self, odd: Json):
        assert question(odd).dialect is Dialect.FREEFORM

    def test_a_call_whose_schema_allows_no_known_type_is_freeform(self):
        assert question(APPROVAL, {"type": "string"}).dialect is Dialect.FREEFORM


class TestAgentInbox:
    @pytest.mark.parametrize("value", [INBOX, [INBOX]])
    def test_bare_or_in_a_list_it_is_one_request(self, value: Json):
        asked = question(value, calls=(REFUND,))
        (request,) = asked.requests
        assert asked.dialect is Dialect.AGENT_INBOX
        assert (request.action, request.args, request.allowed) == ("refund", REFUND_ARGS, EVERY_TYPE)
        assert request.args_schema == REFUND_SCHEMA
        assert asked.description == "Please review"

    def test_a_longer_list_is_several_requests(self):
        asked = question([INBOX, inbox("send", SENDING, "accept", description=None)])
        assert [(r.index, r.action, r.allowed) for r in asked.requests] == [
            (0, "refund", EVERY_TYPE),
            (1, "send", (accept,)),
        ]
        assert asked.description == 'Please review\n\nsend {"to":"bob"}'

    @pytest.mark.parametrize(
        ("flags", "allowed"),
        [
            ("accept", (accept,)),
            ("edit", (edit,)),
            ("ignore", (reject,)),
            ("respond", (reject, respond)),
            ("accept ignore", (accept, reject)),
        ],
    )
    def test_reject_is_allowed_where_ignore_or_respond_is(self, flags: str, allowed: tuple[object, ...]):
        assert only(inbox("refund", {}, flags)).allowed == allowed

    def test_inside_a_tool_it_is_about_that_call(self):
        assert only([INBOX], inside=REFUND).call == REFUND

    @pytest.mark.parametrize(
        "odd",
        [
            [],
            [INBOX, "more"],
            {**INBOX, "config": {}},
            {**INBOX, "config": {"allow_accept": "yes"}},
            {**INBOX, "config": None},
            {**INBOX, "action_request": {"action": "refund", "args": "all"}},
            {**INBOX, "action_request": {"action": ["refund"], "args": {}}},
            {"action_request": {"action": "refund", "args": {}}},
        ],
    )
    def test_what_is_almost_of_this_shape_is_freeform(self, odd: Json):
        assert question(odd).dialect is Dialect.FREEFORM
