"""What agents written by tests use: a chat model that says what it is told to, and effects that can be counted.

An effect is a line in the file that EFFECTS names, on disk before the tool goes on. `tests.effects` reads them back.
"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


def effect(line: object) -> None:
    """Do something that cannot be taken back."""
    file = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, f"{line}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def word_of(what: str) -> bool:
    """Whether the test left word of this, with `Effects.leave_word`."""
    return os.path.exists(f"{os.environ['EFFECTS']}.{what}")


def die() -> None:
    """End this process as `kill -9` does, and leave word of it."""
    with open(os.environ["KILLED"], "w") as word:
        word.write(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def die_at(moment: str) -> None:
    """Die if that is the moment at which this process is to die."""
    if os.environ.get("DIE") == moment:
        die()


def call(name: str, id_: str = "", /, **args: Any) -> ToolCall:
    """A tool call; its id is its name and its arguments where none is given."""
    return ToolCall(name=name, args=args, id=id_ or "-".join([name, *map(str, args.values())]), type="tool_call")


class Scripted(BaseChatModel):
    """Says the turns in their order, one after each message of a person or of tools; in the end what came of them."""

    turns: list[list[ToolCall]]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> "Scripted":  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        said = sum(isinstance(message, AIMessage) for message in messages)
        if said < len(self.turns):
            message = AIMessage("", tool_calls=[ToolCall(**call) for call in self.turns[said]])
        else:
            message = AIMessage(told(messages))
        return ChatResult(generations=[ChatGeneration(message=message)])


def told(messages: Sequence[BaseMessage]) -> str:
    """All tool results since the last message of a person, one line each."""
    last = max((at for at, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0)
    results = [message for message in messages[last:] if isinstance(message, ToolMessage)]
    return "\n".join(f"{message.status}: {message.text}" for message in results) or "nothing"


def turns(*calls: ToolCall) -> Scripted:
    """Return a model that makes these calls in one turn, and then says what came of them."""
    return Scripted(turns=[list(calls)])


def hand_built(tools: ToolNode, model: Scripted, **more: Any) -> Any:
    """Return a graph of the model and a node for its tools, which makes all calls of a message in one task.

    `more` is for the node of the tools, such as `retry_policy`.
    """

    def think(state: MessagesState) -> dict[str, Any]:
        return {"messages": [model.invoke(state["messages"])]}

    builder = StateGraph(MessagesState)
    builder.add_node("think", think)
    builder.add_node("tools", tools, **more)
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()
