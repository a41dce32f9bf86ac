"""A tool call that a ToolNode makes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, ToolCall
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest

from interrupt_mcp.dialects.payload import text_of
from interrupt_mcp.dialects.schemas import args_schema_of
from interrupt_mcp.effects.incoming_call import tool_message, with_same_objects
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.resume_slots import namespace_of
from interrupt_mcp.effects.task_attempt import TaskAttempt
from interrupt_mcp.model import Call, Json, JsonObject, to_json


@dataclass(frozen=True, slots=True)
class CallByToolNode:
    """The arguments of a ToolNode's last step before the tool."""

    node: ToolNode
    request: ToolCallRequest
    config: RunnableConfig
    input_type: str = "tool_calls"
    """What the node was given: single calls (`tool_calls`), or else a state or messages, of whose last it makes all."""

    @property
    def tool(self) -> Any:
        """The tool that is called; `None` where there is none of that name."""
        return self.request.tool

    def siblings(self) -> tuple[str, list[ToolCall]]:
        """Return the id of the message that asks for the call, empty where it is not seen, and all calls in it."""
        call = self.request.tool_call
        for said in reversed(self._messages()):
            if isinstance(said, AIMessage) and any(c["id"] == call["id"] for c in said.tool_calls):
                return said.id or "", said.tool_calls
        return "", [call]

    def identify(self, positions: Positions, attempt: TaskAttempt[Any]) -> Call:
        """Return which call it is, by its position in its message.

        Its name is that of the tool which is called, whatever the message says.
        """
        message_id, siblings = self.siblings()
        made, ns = self.request.tool_call, namespace_of(self.config)
        args = to_json(made["args"])
        assert isinstance(args, dict)
        return Call(
            ns=ns,
            message_id=message_id,
            position=positions.assign(ns, attempt.assigned, self.request.runtime, made, message_id, siblings),
            call_id=made["id"] or "",
            name=made["name"] if self.tool is None else str(self.tool.name),
            args=args,
            args_schema=args_schema_of(self.tool),
        )

    def others(self, call: Call) -> Iterator[tuple[Call, Any]]:
        """Yield the other calls of the message, as they will come to the gate, and their tools.

        There are none where another task may make them, or where a wrapper or a class of the agent's may change them,
        answer them itself or hold them back; and of those that cannot be told apart by their ids, none.
        """
        node = self.node
        wrapped = node._wrap_tool_call is not None or node._awrap_tool_call is not None
        if type(node) is not ToolNode or wrapped or self.input_type == "tool_calls" or not call.message_id:
            return
        _, siblings = self.siblings()
        ids = Counter(made["id"] for made in siblings)
        for position, made in enumerate(siblings):
            tool, args = node.tools_by_name.get(made["name"]), to_json(made["args"])
            alone = made["id"] and ids[made["id"]] == ids[call.call_id] == 1
            if tool is not None and alone and position != call.position and isinstance(args, dict):
                made_so = replace(call, call_id=made["id"] or "", position=position, name=str(tool.name), args=args)
                yield replace(made_so, args_schema=args_schema_of(tool)), tool

    def with_args(self, args: JsonObject | None, config: RunnableConfig) -> ToolCallRequest:
        """Return the request with these arguments, where they are given, and the configuration of the call's own."""
        runtime = replace(self.request.runtime, config=config)
        call = self.request.tool_call
        if args is not None:
            given_json = to_json(call["args"])
            given_json = given_json if isinstance(given_json, dict) else {}
            call = {**call, "args": with_same_objects(args, call["args"], given_json)}
        return replace(self.request, tool_call=call, runtime=runtime)

    def text_result(self, text: str, *, error: bool) -> Any:
        """Return the text as a message for the model."""
        return tool_message(self.request.tool_call["id"] or "", self.request.tool_call["name"], text, error=error)

    def value_result(self, value: Json) -> Any:
        """Return the value as a message for the model."""
        return self.text_result(text_of(value), error=False)

    def _messages(self) -> list[Any]:
        state: Any = self.request.state
        if isinstance(state, list):
            return state
        key = self.node._messages_key
        found = state.get(key) if isinstance(state, dict) else getattr(state, key, None)
        return found if isinstance(found, list) else []
