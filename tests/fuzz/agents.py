"""Agents that the fuzz talks to: some act once a person said so, some have reducers, validators or breakpoints.

Each act asks under a name that nothing else has, and leaves a line in the file of EFFECTS.
"""

import json
import os
import uuid
from collections.abc import Sequence
from operator import add
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.func import entrypoint
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, field_validator

from interrupt_mcp import sensitive


def acted(to: str, amount: int) -> str:
    """Act, and say so."""
    line = json.dumps({"to": to, "amount": amount})
    file = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)
    return f"paid {amount} to {to}"


class Payer(BaseChatModel):
    """Calls the tool once or twice after what a person says, and then ends."""

    name_of_tool: str

    @property
    def _llm_type(self) -> str:
        return "payer"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> "Payer":  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        last = messages[-1] if messages else None
        calls = []
        if isinstance(last, HumanMessage):
            calls = [self._call() for _ in range(1 + len(str(last.text)) % 2)]
        message = AIMessage("" if calls else "done", tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _call(self) -> ToolCall:
        args = {"to": uuid.uuid4().hex, "amount": 5}
        return ToolCall(name=self.name_of_tool, args=args, id=uuid.uuid4().hex, type="tool_call")


@tool
@sensitive
def pay(to: str, amount: int) -> str:
    """Pay somebody."""
    return acted(to, amount)


@tool
def send(to: str, amount: int) -> str:
    """Send money."""
    return acted(to, amount)


@tool
def order(to: str, amount: int) -> str:
    """Order something."""
    if interrupt(f"order {amount} from {to}?")["type"] != "accept":
        return "not ordered"
    return acted(to, amount)


payer = create_agent(Payer(name_of_tool="pay"), [pay])
sender = create_agent(
    Payer(name_of_tool="send"), [send], middleware=[HumanInTheLoopMiddleware(interrupt_on={"send": True})]
)
orderer = create_agent(Payer(name_of_tool="order"), [order])
chat = StateGraph(MessagesState).add_node("say", lambda _: {"messages": [("ai", "hello")]})
chat = chat.add_edge(START, "say").compile()  # type: ignore[assignment]


class Booking(BaseModel):
    nights: int = 1
    guests: Annotated[list[str], add] = []

    @field_validator("nights")
    @classmethod
    def check(cls, nights: int) -> int:
        if nights > 100:
            raise ValueError("too long")
        return nights


def _confirm(state: Booking) -> dict[str, Any]:
    return {"guests": [str(interrupt({"question": "who else?", "nights": state.nights}))]}


booking = StateGraph(Booking).add_node("confirm", _confirm).add_edge(START, "confirm").compile()


class Bag(list[Any]):
    """A list of which no schema is known."""


def _merged(old: list[Any], new: Any) -> list[Any]:
    """Takes lists of texts and numbers, and numbers that it does not know yet."""
    if isinstance(new, int) and new not in old:
        return [*old, new]
    if isinstance(new, list) and all(isinstance(each, str | int) for each in new):
        return [*old, *new][-50:]
    raise TypeError(f"{str(new)[:50]!r} is nothing to keep")


class Notes(TypedDict, total=False):
    notes: Annotated[Bag, _merged]


_inner = StateGraph(Notes).add_node("a", lambda _: {}).add_node("b", lambda _: {}).add_edge(START, "a")
_inner = _inner.add_edge("a", "b").compile(interrupt_before=["b"])  # type: ignore[assignment]
notes = StateGraph(Notes).add_node("inner", _inner).add_edge(START, "inner").compile()


@entrypoint()
def function(given: Any) -> Any:
    return given


GOOD: dict[str, dict[str, Any]] = {
    "payer": {"message": "pay"},
    "sender": {"message": "send"},
    "orderer": {"message": "order"},
    "chat": {"message": "Hello"},
    "booking": {"input": {"nights": 2}},
    "notes": {"input": {"notes": ["a note"]}},
    "function": {"input": {"a": 1}},
}
"""What each agent takes on every thread of its own."""
