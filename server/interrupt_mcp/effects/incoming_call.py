"""A tool call as it comes to the gate, before it is known which one it is, whoever makes it."""

from collections.abc import Iterable
from typing import Any, Protocol

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig

from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.task_attempt import TaskAttempt
from interrupt_mcp.model import Call, Json, JsonObject


class IncomingCall(Protocol):
    """What the gate needs of a call."""

    @property
    def tool(self) -> Any:
        """The tool that is called; `None` where there is none of that name."""

    @property
    def config(self) -> RunnableConfig:
        """LangGraph's configuration of the task that makes the call."""

    def identify(self, positions: Positions, attempt: TaskAttempt[Any]) -> Call:
        """Return which call it is; every time it comes again it is the same one."""

    def others(self, call: Call) -> Iterable[tuple[Call, Any]]:
        """Return the other calls that are sure to be made beside this one, as they will come, and their tools."""

    def with_args(self, args: JsonObject | None, config: RunnableConfig) -> Any:
        """Return what is run: with these arguments, where they are given, and the configuration of the call's own."""

    def text_result(self, text: str, *, error: bool) -> Any:
        """Return the text as a result of the call, of the kind that whoever makes it expects."""

    def value_result(self, value: Json) -> Any:
        """Return what a person answers instead of the call, as a result of it."""


def tool_message(call_id: str, name: str, text: str, *, error: bool) -> ToolMessage:
    """Make a result for the model."""
    return ToolMessage(text, name=name, tool_call_id=call_id, status="error" if error else "success")


def with_same_objects(args: JsonObject, given: dict[str, Any], given_json: JsonObject) -> dict[str, Any]:
    """Return the arguments, those that were not changed as the very objects that were `given`.

    `given_json` is what was given, as JSON.
    """
    return {
        name: given[name] if name in given and name in given_json and same(given_json[name], value) else value
        for name, value in args.items()
    }
