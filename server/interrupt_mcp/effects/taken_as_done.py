"""An action that a person takes as done, though nobody knows how it ended."""

from dataclasses import replace

from langchain_core.messages import ToolMessage
from langgraph.checkpoint.serde.base import SerializerProtocol

from interrupt_mcp.dialects.payload import text_of
from interrupt_mcp.model import Effect, EffectStatus, Json


def taken_as_done(effect: Effect, result: Json, serializer: SerializerProtocol) -> Effect:
    """Return the record as if the action had ended with this result."""
    call = effect.call
    given: object = result
    if not call.function and (call.call_id or not call.by_code):
        given = ToolMessage(text_of(result), name=call.name, tool_call_id=call.call_id)
    return replace(effect, status=EffectStatus.DONE, result=serializer.dumps_typed(given), error="")
