"""One call of a tool on its way to it, before it is known which one it is."""

from typing import Any, Protocol

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig

from interrupt_mcp.dialects.payload import same
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.tries import Try
from interrupt_mcp.model import Call, Json, JsonObject


class Step(Protocol):
    """What the gate knows of a call, whoever makes it."""

    @property
    def tool(self) -> Any:
        """The tool that is called; `None` where there is none of that name."""

    @property
    def config(self) -> RunnableConfig: ...

    def identify(self, positions: Positions, tried: Try[Any]) -> Call:
        """Which call it is; every time it comes again it is the same one."""

    def with_args(self, args: JsonObject | None, config: RunnableConfig) -> Any:
        """What is run: with these arguments, where they are given, and with the configuration of the call's own."""

    def says(self, text: str, *, error: bool) -> Any:
        """The text as a result of the call, as whoever makes it expects one."""

    def gives(self, value: Json) -> Any:
        """What a person answers instead of the call, as a result of it."""


def message(call_id: str, name: str, text: str, *, error: bool) -> ToolMessage:
    """A result for the model."""
    return ToolMessage(text, name=name, tool_call_id=call_id, status="error" if error else "success")


def put_in(given: dict[str, Any], known: JsonObject, args: JsonObject) -> dict[str, Any]:
    """The arguments to call with: what was `given` stays the same object where it was not changed."""
    return {
        name: given[name] if name in given and name in known and same(known[name], value) else value
        for name, value in args.items()
    }


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
