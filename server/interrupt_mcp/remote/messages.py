"""Messages as a server elsewhere writes them in an agent's state, made messages again. It knows no server."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from interrupt_mcp.model import Json


def with_messages(values: Json) -> Any:
    """Return the state with messages where it has some; as it is where they are of no kind that is known."""
    said = values.get("messages") if isinstance(values, dict) else None
    if not isinstance(values, dict) or not isinstance(said, list):
        return values
    try:
        return {**values, "messages": _messages().validate_python(said)}
    except ValidationError:
        return values


@cache
def _messages() -> TypeAdapter[Any]:
    from langchain_core.messages import AnyMessage

    return TypeAdapter(list[AnyMessage])
