"""One tool call as a ToolNode hands it over, and how it is told from every other one."""

from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, ToolCall
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest

from interrupt_mcp.effects.slots import namespace
from interrupt_mcp.model import Call, JsonObject, to_json


@dataclass(frozen=True, slots=True)
class ToolStep:
    """The arguments of a ToolNode's last step before the tool."""

    node: ToolNode
    request: ToolCallRequest
    input_type: str
    config: RunnableConfig

    @property
    def ns(self) -> str:
        return namespace(self.config)

    def siblings(self) -> tuple[str, list[str | None]]:
        """Id of the message that asks for the call, empty where it is not seen, and the ids of all calls in it."""
        call_id = self.request.tool_call["id"]
        for message in reversed(self._messages()):
            if isinstance(message, AIMessage) and any(c["id"] == call_id for c in message.tool_calls):
                return message.id or "", [c["id"] for c in message.tool_calls]
        return "", [call_id]

    def identify(self, claimed: set[int]) -> Call:
        """The call, at the first place in its message that no other call of this task claimed."""
        message_id, ids = self.siblings()
        call_id = self.request.tool_call["id"]
        places = [i for i, other in enumerate(ids) if other == call_id]
        position = next((i for i in places if i not in claimed), places[-1])
        claimed.add(position)
        args = to_json(self.request.tool_call["args"])
        assert isinstance(args, dict)
        return Call(
            ns=self.ns,
            message_id=message_id,
            position=position,
            call_id=call_id or "",
            name=self.request.tool_call["name"],
            args=args,
            args_schema=args_schema(self.request.tool),
        )

    def with_args(self, args: JsonObject | None, config: RunnableConfig) -> ToolCallRequest:
        """The request with other arguments, and with the config in which the tool finds its own answers."""
        runtime = replace(self.request.runtime, config=config)
        call: ToolCall = self.request.tool_call if args is None else {**self.request.tool_call, "args": dict(args)}
        return replace(self.request, tool_call=call, runtime=runtime)

    def _messages(self) -> list[Any]:
        state: Any = self.request.state
        if isinstance(state, list):
            return state
        key = self.node._messages_key
        found = state.get(key) if isinstance(state, dict) else getattr(state, key, None)
        return found if isinstance(found, list) else []


def args_schema(tool: Any) -> JsonObject | None:
    """JSON Schema of the arguments that a model gives the tool, without injected ones; `None` if it has none."""
    schema = getattr(tool, "tool_call_schema", None)
    if isinstance(schema, dict):
        return schema
    try:
        made = schema.model_json_schema() if schema is not None else None
    except (AttributeError, TypeError, ValueError):
        return None
    return made if isinstance(made, dict) else None
