"""One tool call as a ToolNode hands it over, before it is known which one it is."""

from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, ToolCall
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest

from interrupt_mcp.effects.positions import Claims, Positions
from interrupt_mcp.effects.slots import namespace, scratchpad
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

    @property
    def thread_id(self) -> str:
        return str(self.config["configurable"].get("thread_id", ""))

    @property
    def attempt(self) -> object:
        """The same for all calls of one try of a task, another one when the task is tried again."""
        return scratchpad(self.config)

    def siblings(self) -> tuple[str, list[ToolCall]]:
        """Id of the message that asks for the call, empty where it is not seen, and all calls in it."""
        call = self.request.tool_call
        for message in reversed(self._messages()):
            if isinstance(message, AIMessage) and any(c["id"] == call["id"] for c in message.tool_calls):
                return message.id or "", message.tool_calls
        return "", [call]

    def identify(self, positions: Positions, claims: Claims) -> Call:
        """Which call it is; every time it comes again it is the same one."""
        message_id, siblings = self.siblings()
        made = self.request.tool_call
        args = to_json(made["args"])
        assert isinstance(args, dict)
        return Call(
            ns=self.ns,
            message_id=message_id,
            position=positions.claim(self.ns, claims, self.request.runtime, made, message_id, siblings),
            call_id=made["id"] or "",
            name=made["name"],
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
