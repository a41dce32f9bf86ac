"""What nodes ask, with and without a schema of the answer, and what they get."""

from typing import Any

import pytest
from langgraph.prebuilt.interrupt import HumanResponse
from langgraph.types import interrupt
from mcp.types import ElicitResult
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from interrupt_mcp.model import Decision, Json
from tests.dialects.paused import Answered, answered
from tests.dialects.payloads import (
    CARRIED,
    EVERYTHING,
    FORM,
    SUMMARY,
    YES_NO,
    accept,
    decide,
    edit,
    inbox,
    reject,
    respond,
)


class Edited(TypedDict):
    edited_summary: str


def answer_to(payload: Json, schema: Any, decided: dict[int, Decision]) -> Any:
    """Return what a node gets that asks with this payload and this schema."""

    def node(state: Answered) -> Answered:
        return {"answer": interrupt(payload, response_schema=schema)}

    return answered(node, decided)[1]


class TestInsideANode:
    @pytest.mark.parametrize(
        ("schema", "decision", "answer"),
        [
            (None, decide(respond, value=None), None),
            (None, decide(respond, value={}), {}),
            (None, decide(respond, value=2**64 - 1), 2**64 - 1),
            (None, decide(respond, value={"é": ["\x00", -(2**63), 0.5, False]}), {"é": ["\x00", -(2**63), 0.5, False]}),
            (None, decide(respond, value={"a" * 32: 1}), {"a" * 32: 1}),
            (bool, decide(accept), True),
            (bool, decide(reject), False),
            (YES_NO, decide(accept), "Approve"),
            (int, decide(respond, value=0), 0),
            (SUMMARY, decide(accept), {"edited_summary": "as generated"}),
            (Edited, decide(edit, args={"edited_summary": "x"}), {"edited_summary": "x"}),
        ],
    )
    def test_the_answer_arrives_as_it_was_given(self, schema: Any, decision: Decision, answer: Json):
        got = answer_to({"question": "Which?"}, schema, {0: decision})
        assert got == answer
        assert type(got) is type(answer)

    @pytest.mark.parametrize("decision", [decide(accept), decide(reject), decide(respond, message="why?")])
    def test_agent_inbox_gets_a_human_response(self, decision: Decision):
        (response,) = answer_to([inbox("send", {"to": "bob"}, EVERYTHING)], None, {0: decision})
        TypeAdapter(HumanResponse).validate_python(response, strict=True)

    def test_an_elicitation_gets_results_that_mcp_takes(self):
        who, go = decide(respond, value={"name": "Ann", "age": None}), decide(reject, index=1)
        form = {**FORM, "requestedSchema": {"type": "object"}}
        assert ElicitResult.model_validate(answer_to(form, None, {0: who})).content == {"name": "Ann", "age": None}
        responses = answer_to(CARRIED, None, {0: decide(respond, value={"name": "Ann"}), 1: go})["responses"]
        assert [ElicitResult.model_validate(r).action for r in responses.values()] == ["accept", "decline"]
