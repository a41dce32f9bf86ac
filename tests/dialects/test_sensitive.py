"""What a `sensitive` function asks, in a node and as a tool, and what it does with the answers."""

from typing import Any

import pytest

from interrupt_mcp import Rejected, sensitive
from interrupt_mcp.model import Decision, Dialect
from tests.dialects.paused import Agent, Answered, answered
from tests.dialects.payloads import accept, decide, edit, reject, respond


def pay(amount: float, to: str = "bob") -> str:
    """Pay."""
    return f"paid {amount} to {to}"


class TestSensitive:
    def paid(self, decision: Decision) -> Any:
        """Return what a node gets from a sensitive function that it calls."""
        ask_first = sensitive(pay, allow=("accept", "edit", "reject", "respond"))

        def node(state: Answered) -> Answered:
            try:
                return {"answer": ask_first(500)}
            except Rejected as rejected:
                return {"answer": f"no: {rejected}"}

        asked, answer = answered(node, {0: decision})
        assert asked.dialect is Dialect.TOOL_CALL
        return answer

    @pytest.mark.parametrize(
        ("decision", "answer"),
        [
            (decide(accept), "paid 500 to bob"),
            (decide(edit, args={"amount": 5, "to": "ann"}), "paid 5 to ann"),
            (decide(reject, message="never"), "no: never"),
            (decide(respond, value={"type": "accept"}), {"type": "accept"}),
            (decide(respond, message="paid by hand"), "paid by hand"),
        ],
    )
    def test_a_function_does_what_was_decided(self, decision: Decision, answer: Any):
        assert self.paid(decision) == answer

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "paid 500.0 to bob", "success"),
            (decide(edit, args={"amount": 5, "to": "ann"}), "paid 5.0 to ann", "success"),
            (decide(reject, message="never"), "never", "error"),
        ],
    )
    def test_a_tool_does_what_was_decided(self, decision: Decision, said: str, status: str):
        agent = Agent([sensitive(pay)], [("pay", {"amount": 500})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)
