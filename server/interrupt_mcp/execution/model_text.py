"""What the models of a drive say, while they say it. It does not know who listens.

It hears, and changes nothing. LangGraph's own `messages` stream has every model asked for a stream: a run that somebody
watches would call its models in another way than one that nobody does, and fail where a model or its provider streams
tool calls badly or not at all. So a model that streams anyway is heard word by word, any other once it has said it all.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, GenerationChunk, LLMResult
from langgraph.constants import TAG_NOSTREAM

from interrupt_mcp.text.growing import GrowingText


class ModelText(BaseCallbackHandler):
    """Hears all models of one drive, in whatever thread they are called."""

    run_inline = True
    """In an executor pieces could come in another order."""
    ignore_chain = ignore_agent = ignore_retriever = ignore_retry = ignore_custom_event = True

    def __init__(self, hear: Callable[[GrowingText], None]) -> None:
        """`hear` is told of a text each time it grows."""
        self._hear = hear
        self._texts: dict[UUID, GrowingText] = {}
        """By the model call that says them."""

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002  what LangChain tells besides
        messages: list[list[BaseMessage]],  # noqa: ARG002
        *,
        run_id: UUID,
        tags: list[str] | None = None,
        **_: Any,
    ) -> None:
        """Begin to hear a model, unless the agent's author wants it to be heard by nobody."""
        if TAG_NOSTREAM not in (tags or ()):
            self._texts[run_id] = GrowingText()

    def on_llm_new_token(
        self,
        token: str | list[str | dict[str, Any]],
        *,
        chunk: GenerationChunk | ChatGenerationChunk | None = None,
        run_id: UUID,
        **_: Any,
    ) -> None:
        """Hear a piece: text alone, and neither a tool call nor what a model thinks to itself."""
        text = self._texts.get(run_id)
        piece = chunk.message.text if isinstance(chunk, ChatGenerationChunk) else token
        if text is not None and piece and isinstance(piece, str):
            text.add(piece)
            self._hear(text)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        """Hear that a model has said it all."""
        text = self._texts.pop(run_id, None)
        if text is None:
            return
        if text.is_empty and response.generations and response.generations[0]:
            said = response.generations[0][0]
            text.add(str(getattr(said, "message", said).text))
        text.end()
        if not text.is_empty:
            self._hear(text)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:  # noqa: ARG002
        """Hear no more of a model that failed."""
        self._texts.pop(run_id, None)
