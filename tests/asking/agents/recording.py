"""Agents whose model writes down what it is given, and may fail."""

import os
from collections.abc import Iterator
from typing import Any

from asking_effects import effect
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp_agents.offline import OfflineModel


def _noted(message: BaseMessage) -> Any:
    calls = [call["id"] for call in message.tool_calls] if isinstance(message, AIMessage) else []
    answers = message.tool_call_id if isinstance(message, ToolMessage) else None
    return [message.type, message.text, calls, answers]


def _happened(what: str) -> int:
    try:
        with open(os.environ["ASKING_EFFECTS"], encoding="utf-8") as file:
            return file.read().count(f'["{what}"')
    except FileNotFoundError:
        return 0


class RecordingModel(OfflineModel):
    """Fails as often as the last thing said begins with an exclamation mark for it."""

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        effect("given", [_noted(message) for message in messages])
        wanted = len(messages[-1].text) - len(messages[-1].text.lstrip("!"))
        if _happened("failed") < wanted:
            effect("failed", None)
            raise ConnectionError("the model is away")
        yield from super()._stream(messages, *args, **kwargs)


@tool
def look_up(what: str) -> str:
    """Looks something up, unasked."""
    effect("looked up", what)
    return f"found {what}"


@tool
def pay(to: str) -> str:
    """Pays, if a person lets it."""
    interrupt(f"May pay be called for {to}?")
    effect("paid", to)
    return f"paid {to}"


@tool
def send(to: str) -> str:
    """Sends; the middleware asks."""
    effect("sent", to)
    return f"sent {to}"


created_asking = create_agent(RecordingModel(), [look_up, pay])
batched_asking = create_agent(
    RecordingModel(), [look_up, send], middleware=[HumanInTheLoopMiddleware(interrupt_on={"send": True})]
)
_model = RecordingModel().bind_tools([look_up, pay])
_built = StateGraph(MessagesState)
_built.add_node("chat", lambda state: {"messages": [_model.invoke(state["messages"])]})
_built.add_node("tools", ToolNode([look_up, pay]))
_built.add_edge(START, "chat")
_built.add_conditional_edges("chat", tools_condition)
_built.add_edge("tools", "chat")
hand_built_asking = _built.compile()
_outer = StateGraph(MessagesState)
_outer.add_node("inner", created_asking)
_outer.add_edge(START, "inner")
nested_asking = _outer.compile()
