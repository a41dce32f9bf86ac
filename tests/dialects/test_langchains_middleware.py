"""What LangChain's HumanInTheLoopMiddleware asks, in both of its modes, and its reaction to the answers."""

from typing import Any

import pytest
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.agents.middleware.human_in_the_loop import HITLResponse
from pydantic import TypeAdapter

from interrupt_mcp.dialects import read, write
from interrupt_mcp.model import Ask, Decision, Dialect, JsonObject
from tests.dialects.paused import Agent
from tests.dialects.payloads import accept, decide, edit, reject, respond


def refund(order_id: int, amount: float, note: str | None = None) -> str:
    """Give money back."""
    return f"refunded {amount} for {order_id}"


def send(to: str) -> str:
    """Send it."""
    return f"sent to {to}"


REFUND = {"order_id": 7, "amount": 500.0}
CHEAPER: JsonObject = {"order_id": 7, "amount": 5}


class TestMiddlewareBatched:
    @pytest.fixture
    def agent(self) -> Agent:
        middleware = HumanInTheLoopMiddleware(interrupt_on={"refund": True, "send": True})
        return Agent([refund, send], [("refund", REFUND), ("send", {"to": "bob"})], [middleware])

    def test_it_is_read_with_a_request_for_each_call(self, agent: Agent):
        asked = agent.question(agent.pending[0])
        assert asked.dialect is Dialect.MIDDLEWARE
        assert [r.call for r in asked.requests] == list(agent.calls())

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            (decide(accept), decide(accept, index=1), ["refunded 500.0 for 7", "sent to bob"]),
            (decide(edit, args=CHEAPER), decide(reject, message="not him", index=1), ["refunded 5.0 for 7", "not him"]),
            (
                decide(respond, value={"by": "hand"}),
                decide(edit, args={"to": "ann"}, index=1),
                ['{"by":"hand"}', "sent to ann"],
            ),
            (decide(reject), decide(respond, message="sent it myself", index=1), ["User rejected", "sent it myself"]),
        ],
    )
    def test_it_does_what_was_decided(self, agent: Agent, first: Decision, second: Decision, said: list[str]):
        messages = {message.tool_call_id: message.text for message in agent.resume(first, second)}
        assert said[0] in messages["c0"]
        assert said[1] in messages["c1"]
        assert agent.pending == ()

    def test_the_answer_has_langchains_type(self, agent: Agent):
        asked = agent.question(agent.pending[0])
        answer = write(asked, {0: decide(edit, args=CHEAPER), 1: decide(reject, index=1)})
        TypeAdapter(HITLResponse).validate_python(answer, strict=True)


class TestMiddlewarePerCall:
    def agent(self, *allowed: Any) -> Agent:
        middleware = HumanInTheLoopMiddleware(
            interrupt_on={"refund": {"allowed_decisions": list(allowed)}}, interrupt_mode="per_call"
        )
        return Agent([refund], [("refund", REFUND)], [middleware])

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "refunded 500.0 for 7", "success"),
            (decide(edit, args={**CHEAPER, "note": "sorry"}), "refunded 5.0 for 7", "success"),
            (decide(reject, message="too much"), "too much", "error"),
            (decide(respond, message="done by hand"), "done by hand", "success"),
        ],
    )
    def test_it_does_what_was_decided(self, decision: Decision, said: str, status: str):
        agent = self.agent("approve", "edit", "reject", "respond")
        assert agent.question(agent.pending[0]).dialect is Dialect.MIDDLEWARE
        (message,) = agent.resume(decision)
        assert said in message.text
        assert message.status == status

    @pytest.mark.parametrize(
        ("words", "allowed"),
        [
            (("approve",), (accept,)),
            (("edit",), (edit,)),
            (("reject", "approve"), (accept, reject)),
            (("respond", "edit"), (edit, respond)),
        ],
    )
    def test_the_types_are_those_that_its_schema_allows(self, words: tuple[str, ...], allowed: tuple[Any, ...]):
        agent = self.agent(*words)
        (request,) = agent.question(agent.pending[0]).requests
        assert request.allowed == allowed

    def test_without_the_call_the_arguments_schema_still_comes_from_langchain(self):
        pause = self.agent("approve", "edit").pending[0]
        (request,) = read(Ask(pause.id, pause.value, pause.response_schema)).requests
        assert request.args_schema is not None
        assert set(request.args_schema["properties"]) == {"order_id", "amount", "note"}  # type: ignore[arg-type,index]
