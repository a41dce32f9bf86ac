"""The agent of the measurements: an instant model, and one tool that asks. It knows LangChain and LangGraph alone."""

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.types import interrupt

CALL = {"name": "refund", "args": {"order": "A-1", "amount": 20}}


class Instant(BaseChatModel):
    """Calls the tool once, then says that it is done."""

    @property
    def _llm_type(self) -> str:
        return "instant"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        answered = isinstance(messages[-1], ToolMessage)
        calls = [] if answered else [{**CALL, "id": f"call_{len(messages)}"}]
        message = AIMessage("Done." if answered else "", tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return self._generate(messages)


@tool
async def refund(order: str, amount: int) -> str:
    """Refund an order."""
    answer = interrupt({"action": "refund", "args": {"order": order, "amount": amount}})
    assert answer["type"] == "accept"
    return "refunded"


graph = create_agent(Instant(), tools=[refund])
