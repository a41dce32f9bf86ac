"""Agents whose models say something: streamed, or all at once; and one whose model goes on when it is told to."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph

SECRET = "sk-proj-abcdefghijklmnop0123456789"


class Speaker(BaseChatModel):
    """Says one text, in pieces of so many characters where it is streamed."""

    says: str
    pieces: int = 4
    streaming: bool = False

    @property
    def _llm_type(self) -> str:
        return "speaker"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.says))])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        for piece in re.findall(rf"(?s).{{1,{self.pieces}}}", self.says):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))


class Waits(Speaker):
    """Waits before each `|` in its text until there is the file that GO names."""

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        for piece in re.findall(r"\||[^|]{1,4}", self.says):
            while piece == "|" and not Path(os.environ["GO"]).exists():
                await asyncio.sleep(0.01)
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))


class Blocks(Speaker):
    """Says its text as blocks, among thoughts and a tool call that are nobody's business."""

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        for block in ({"type": "reasoning", "reasoning": "hidden "}, {"type": "text", "text": self.says}):
            yield ChatGenerationChunk(message=AIMessageChunk(content=[{**block, "index": 0}]))


class CannotStream(BaseChatModel):
    """Calls a tool and then says what came of it; asked for a stream, it fails."""

    @property
    def _llm_type(self) -> str:
        return "cannot stream"

    def bind_tools(self, tools: Any, **_: Any) -> "CannotStream":  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        calls = [{"name": "look", "args": {}, "id": "1", "type": "tool_call"}]
        message = AIMessage("Nothing there.") if isinstance(messages[-1], ToolMessage) else AIMessage("I look.")
        if message.content == "I look.":
            message.tool_calls = calls  # type: ignore[assignment]
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        raise NotImplementedError("This model streams no tool calls")


@tool
def look() -> str:
    """Look."""
    return "nothing"


def of_model(model: BaseChatModel, *, sync: bool = False) -> Any:
    async def speak(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    def speak_sync(state: MessagesState) -> dict[str, Any]:
        return {"messages": [model.invoke(state["messages"])]}

    node = speak_sync if sync else speak
    return StateGraph(MessagesState).add_node("speak", node).add_edge(START, "speak").compile()


TEXT = "The Ritz is booked for two nights."
waits = of_model(Waits(says="The Ritz is booked|for two nights.", streaming=True))
at_once = of_model(Speaker(says=TEXT))
streams = of_model(Speaker(says=TEXT, streaming=True))
streams_in_a_thread = of_model(Speaker(says=TEXT, streaming=True), sync=True)
gives_a_secret = of_model(Speaker(says=f"The key is {SECRET} and no other.", pieces=3, streaming=True))
ends_in_a_secret = of_model(Speaker(says=f"The key is {SECRET}", pieces=3, streaming=True))
gives_a_passphrase = of_model(Speaker(says="It is correct horse battery, no other.", pieces=3, streaming=True))
talks_long = of_model(Speaker(says="many words " * 20_000 + "the end", pieces=50, streaming=True))
talks_without_spaces = of_model(Speaker(says="語" * 30_000 + "終", pieces=50, streaming=True))
thinks = of_model(Blocks(says=TEXT, streaming=True))
whispers = of_model(Speaker(says=TEXT, streaming=True, tags=["nostream"]))
cannot_stream = create_agent(CannotStream(), [look])


async def streams_itself(state: MessagesState) -> dict[str, Any]:
    text = ""
    async for piece in Speaker(says=TEXT).astream(state["messages"]):
        text += piece.text
    return {"messages": [("ai", text)]}


streams_by_itself = StateGraph(MessagesState).add_node("speak", streams_itself).add_edge(START, "speak").compile()
