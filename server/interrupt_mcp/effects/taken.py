"""An action that a person takes as done, though nobody knows how it ended."""

from dataclasses import replace

from langchain_core.messages import ToolMessage

from interrupt_mcp.effects.gate import Serializer
from interrupt_mcp.model import Effect, EffectStatus, Json, to_json


def taken_as_done(effect: Effect, result: Json, serializer: Serializer) -> Effect:
    """The record as if the action had ended with this result."""
    call = effect.call
    given: object = result
    if call.message_id or call.call_id:
        text = result if isinstance(result, str) else str(to_json(result))
        given = ToolMessage(text, name=call.name, tool_call_id=call.call_id)
    return replace(effect, status=EffectStatus.DONE, result=serializer.dumps_typed(given), error="")
